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
    public void A_port_given_by_environment_that_is_taken_is_refused_by_name()
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
