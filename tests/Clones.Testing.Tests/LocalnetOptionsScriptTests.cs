namespace Clones.Testing.Tests;

/// <summary>What <c>./clones up</c> and <c>./clones demo</c> pass on to the local cluster.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class LocalnetOptionsScriptTests : IDisposable
{
    private const string Id = "CPMMoo8L3F4NbTegBCKVNunggL7H1ZpdTHKxQB5qKP1C";

    private readonly NativeScript script = new();
    private readonly string program;

    public LocalnetOptionsScriptTests()
    {
        program = Path.Combine(script.Root, "raydium.so");
        File.WriteAllText(program, "an ELF");
        File.WriteAllText(Path.Combine(script.Root, ".env"), "SOLANA_RPC_URLS=\nCLONES_SLOT_MS=100\n");
    }

    public void Dispose() => script.Dispose();

    [Theory]
    [InlineData("--program ID=raydium.so")]
    [InlineData("--program=ID=./raydium.so")]
    public void A_file_that_is_named_from_where_the_user_stands_is_recorded_by_its_whole_path(string options)
    {
        script.Succeed($"cd \"$ROOT\"; read_settings; read_localnet_options {options.Replace("ID", Id)}; record_localnet_options");

        File.ReadAllLines(Path.Combine(script.Root, ".env")).ShouldContain($"CLONES_LOCALNET_ARGS=--program {Id}={program}");
    }

    [Fact]
    public void All_of_them_go_to_the_cluster_in_their_order_and_a_later_start_without_any_keeps_them()
    {
        script.Succeed(
            $"cd \"$ROOT\"; read_settings; read_localnet_options --program {Id}=raydium.so --account A=raydium.so --clone B --clone-url http://c; record_localnet_options"
        );

        script
            .Succeed("read_settings; read_localnet_options; record_localnet_options; setting CLONES_LOCALNET_ARGS")
            .ShouldBe($"--program {Id}={program} --account A={program} --clone B --clone-url http://c");
    }

    [Theory]
    [InlineData("--program ID=absent.so", "--program: cannot read absent.so")]
    [InlineData("--account raydium.so", "--account takes ID=FILE, not \"raydium.so\"")]
    [InlineData("--program", "--program takes a value")]
    [InlineData("--storm 5", "there is no option \"--storm\"")]
    [InlineData("--clone 'a b'", "has a space in it")]
    public void What_cannot_be_passed_on_is_rejected_before_anything_starts(string options, string reason)
    {
        var (exitCode, output) = script.Run($"cd \"$ROOT\"; read_localnet_options {options}; echo went on");

        exitCode.ShouldNotBe(0);
        output.ShouldContain(reason);
        output.ShouldNotContain("went on");
    }

    [Fact]
    public void A_cluster_that_is_somebody_elses_is_given_nothing()
    {
        File.WriteAllText(Path.Combine(script.Root, ".env"), "SOLANA_RPC_URLS=https://api.devnet.solana.com\n");

        var (exitCode, output) = script.Run(
            $"cd \"$ROOT\"; read_settings; read_localnet_options --program {Id}=raydium.so; record_localnet_options; echo went on"
        );

        exitCode.ShouldNotBe(0);
        output.ShouldContain("--program is for the local cluster, and SOLANA_RPC_URLS names another one");
    }

    [Fact]
    public void A_running_cluster_starts_again_when_it_is_given_something_else_and_not_otherwise()
    {
        // Only the name of the process is not the real one: it stands where node would.
        const string Cluster = """
            ensure_localnet_modules() { :; }
            port_of() { echo 1; }
            localnet_answers() { return 0; }
            node() { :; }
            start_background() { echo "started:${*:11}"; sleep 60 & remember_process $! "$1"; }
            """;

        var output = script.Succeed(
            $"""
            {Cluster}
            read_settings; start_localnet; start_localnet
            SETTINGS[CLONES_LOCALNET_ARGS]="--clone A"; start_localnet; start_localnet
            stop_localnet
            """
        );

        output.Split('\n').Where(line => line.StartsWith("started:", StringComparison.Ordinal)).ShouldBe(["started:", "started:--clone A"]);
        output.ShouldContain("it starts again");
    }
}
