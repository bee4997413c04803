using System.Net;
using System.Net.Sockets;

namespace Clones.Testing.Tests;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class SettingsScriptTests
{
    [Fact]
    public void The_first_start_writes_secrets_that_all_differ_and_that_only_the_owner_can_read()
    {
        using var script = new NativeScript();

        script.Succeed("create_settings");

        var env = Path.Combine(script.Root, ".env");
        File.GetUnixFileMode(env).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var values = File.ReadLines(env).Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split('=', 2)[1]).ToList();
        values.ShouldAllBe(v => !v.Contains("<random>"));
        var secrets = values.Where(v => v.Length == 64).ToList();
        secrets.Count.ShouldBeGreaterThanOrEqualTo(7);
        secrets.Distinct().Count().ShouldBe(secrets.Count);
    }

    [Fact]
    public void A_later_start_keeps_the_secrets()
    {
        using var script = new NativeScript();

        script.Succeed("create_settings");
        var first = File.ReadAllText(Path.Combine(script.Root, ".env"));
        script.Succeed("create_settings");

        File.ReadAllText(Path.Combine(script.Root, ".env")).ShouldBe(first);
    }

    [Fact]
    public void A_value_is_text_and_is_never_executed()
    {
        using var script = new NativeScript();
        File.WriteAllText(Path.Combine(script.Root, ".env"), "POSTGRES_PASSWORD=$(touch $ROOT/executed) `id`\n");

        script.Succeed("read_settings; setting POSTGRES_PASSWORD").ShouldBe("$(touch $ROOT/executed) `id`");

        File.Exists(Path.Combine(script.Root, "executed")).ShouldBeFalse();
    }

    [Fact]
    public void A_name_that_stands_twice_is_rejected_with_both_lines_and_without_its_values()
    {
        using var script = new NativeScript();
        string[] lines = ["# DEPOSIT_KEY_ENCRYPTION_SECRET_V2=x", "V2=first", "A=1", "", "V2=second", "A_=2", "V2=third"];
        File.WriteAllLines(Path.Combine(script.Root, ".env"), lines);

        var (exitCode, output) = script.Run("read_settings; reject_repeated_settings; echo went on");

        exitCode.ShouldNotBe(0);
        output.ShouldContain("V2 stands twice in .env, in lines 2 and 5");
        output.ShouldContain("V2 stands twice in .env, in lines 5 and 7");
        foreach (var other in (string[])["went on", "A stands", "ENCRYPTION", "first", "second", "third"])
        {
            output.ShouldNotContain(other);
        }
    }

    [Theory]
    [InlineData("native_up")]
    [InlineData("docker_up")]
    [InlineData("run_workers_command keys import -")]
    [InlineData("run_workers_command keys retire v1")]
    public void Nothing_is_started_or_stopped_while_a_name_stands_twice(string command)
    {
        using var script = new NativeScript();
        File.WriteAllText(Path.Combine(script.Root, ".env"), "DEPOSIT_KEY_ENCRYPTION_SECRET_V2=a\nDEPOSIT_KEY_ENCRYPTION_SECRET_V2=a\n");
        const string Stubs =
            "require_toolchain() { :; }; docker() { :; }; for f in choose_ports start_parts stop_hosts_with_old_settings start_hosts compose; "
            + "do eval \"$f() { echo reached $f; exit 0; }\"; done; ";

        var (exitCode, output) = script.Run(Stubs + command);

        exitCode.ShouldNotBe(0);
        output.ShouldContain("DEPOSIT_KEY_ENCRYPTION_SECRET_V2 stands twice in .env, in lines 1 and 2");
        output.ShouldNotContain("reached");
    }

    [Fact]
    public void What_the_first_start_writes_has_every_name_once()
    {
        using var script = new NativeScript();
        script.Succeed("create_settings; record_setting CLONES_API_PORT 1; record_setting CLONES_API_PORT 2; reject_repeated_settings");
    }

    [Fact]
    public void An_env_of_an_earlier_version_gets_the_secrets_that_came_later_once()
    {
        using var script = new NativeScript();
        const string Prepare = "create_settings >/dev/null; sed -i '/^CLONES_WEBHOOK_SECRET=/d' \"$SETTINGS_FILE\"; read_settings; ";

        script.Succeed(Prepare + "add_new_secrets; read_settings; add_new_secrets; reject_repeated_settings");

        var added = File.ReadLines(Path.Combine(script.Root, ".env")).Single(l => l.StartsWith("CLONES_WEBHOOK_SECRET="));
        added.Length.ShouldBe("CLONES_WEBHOOK_SECRET=".Length + 64);
    }

    [Fact]
    public void The_api_gets_no_key_encryption_secret_even_where_the_shell_exports_one()
    {
        using var script = new NativeScript();
        script.With("DEPOSIT_KEY_ENCRYPTION_SECRET_V7", "exported").With("DEPOSIT_KEY_ENCRYPTION_SECRET", "exported too");
        const string Prepare = "create_settings; read_settings; for p in \"${PORT_NAMES[@]}\"; do SETTINGS[CLONES_${p}_PORT]=1; done; ";

        var api = script.Succeed(Prepare + "api_environment; enter_host_environment; env");
        var workers = script.Succeed(Prepare + "workers_environment; enter_host_environment; env");

        api.ShouldContain("CLONES_AUTH_TOKEN_KEY=");
        api.ShouldNotContain("DEPOSIT_KEY");
        workers.ShouldContain("DEPOSIT_KEY_ENCRYPTION_SALT=");
        workers.ShouldNotContain("CLONES_AUTH_TOKEN_KEY=");
    }

    [Fact]
    public void A_default_port_that_is_taken_moves_to_the_next_free_one_and_is_recorded()
    {
        using var script = new NativeScript();
        using var stranger = new TcpListener(IPAddress.Loopback, 0);
        stranger.Start();
        var taken = ((IPEndPoint)stranger.LocalEndpoint).Port;

        var chosen = int.Parse(
            script.Succeed(
                $"create_settings >/dev/null; read_settings; default_port() {{ echo {taken}; }}; choose_ports API >/dev/null; port_of API"
            )
        );

        chosen.ShouldBeGreaterThan(taken);
        File.ReadLines(Path.Combine(script.Root, ".env")).ShouldContain($"CLONES_API_PORT={chosen}");
    }

    [Fact]
    public void A_port_given_by_environment_that_is_taken_is_rejected_by_name()
    {
        using var script = new NativeScript();
        using var stranger = new TcpListener(IPAddress.Any, 0);
        stranger.Start();
        var taken = ((IPEndPoint)stranger.LocalEndpoint).Port;

        var (exitCode, output) = script.With("CLONES_API_PORT", $"{taken}").Run("create_settings; read_settings; choose_ports API");

        exitCode.ShouldNotBe(0);
        output.ShouldContain($"CLONES_API_PORT={taken}");
    }
}
