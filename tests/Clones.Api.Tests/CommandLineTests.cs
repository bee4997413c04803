using Clones.Testing;

namespace Clones.Api.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("chekc", "Unknown argument \"chekc\".")]
    [InlineData("check twice", "\"check\" takes no arguments.")]
    [InlineData("--urls http://127.0.0.1:0", "Unknown argument \"--urls\".")]
    [InlineData("migrate", "apikey create | list | revoke ID")]
    [InlineData("apikey crate", "usage: ./clones apikey")]
    [InlineData("apikey", "usage: ./clones apikey")]
    public async Task What_is_mistyped_ends_with_2_and_the_usage_and_starts_no_API(string line, string told)
    {
        var (code, output) = await RunAsync(line);

        code.ShouldBe(2, output);
        output.ShouldContain(told);
        output.ShouldNotContain("Now listening");
    }

    [Theory]
    [InlineData("--help", "usage: dotnet Clones.Api.dll")]
    [InlineData("-h", "usage: dotnet Clones.Api.dll")]
    [InlineData("check --help", "usage: dotnet Clones.Api.dll")]
    [InlineData("apikey --help", "revoke")]
    [InlineData("apikey create --help", "--scope")]
    public async Task Help_needs_no_settings(string line, string told)
    {
        var (code, output) = await RunAsync(line);

        code.ShouldBe(0, output);
        output.ShouldContain(told);
    }

    private static async Task<(int Code, string Output)> RunAsync(string line)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var program = Repository.PathOf("src", "Clones.Api", "bin", configuration, "net10.0", "Clones.Api.dll");
        await using var api = LeashedProcess.Start(["dotnet", program, .. line.Split(' ')]);
        var code = await api.WaitAsync(TestContext.Current.CancellationToken)
            .OrGiveUpAsync("the process to end by itself", TestContext.Current.CancellationToken);
        return (code, api.Output);
    }
}
