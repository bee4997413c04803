using System.Diagnostics;

namespace Clones.Testing.Tests;

public sealed class CommandScriptTests
{
    [Theory]
    [InlineData("migarte", 2, "there is no command \"migarte\"")]
    [InlineData("help", 0, "errors replay QUEUE")]
    public void A_command_that_there_is_not_ends_with_2(string command, int expected, string told)
    {
        var start = new ProcessStartInfo(Repository.PathOf("clones"), [command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var script = Process.Start(start)!;
        var said = script.StandardOutput.ReadToEnd() + script.StandardError.ReadToEnd();
        script.WaitForExit();

        script.ExitCode.ShouldBe(expected);
        said.ShouldContain(told);
    }

    [Fact]
    public void The_brokers_of_the_script_and_of_the_compose_file_can_move_messages()
    {
        using var script = new NativeScript();
        script.Succeed("choose_ports RABBITMQ RABBITMQ_UI RABBITMQ_DIST EPMD; write_rabbitmq_configuration");

        string[] plugins =
        [
            File.ReadAllText(Path.Combine(script.Root, ".local", "rabbitmq", "enabled_plugins")),
            File.ReadAllText(Repository.PathOf("deploy", "containers", "rabbitmq-plugins")),
        ];

        plugins.ShouldAllBe(p => p.Contains("rabbitmq_shovel,rabbitmq_shovel_management", StringComparison.Ordinal));
        File.ReadAllText(Repository.PathOf("docker-compose.yml")).ShouldContain("rabbitmq-plugins:/etc/rabbitmq/enabled_plugins");
    }
}
