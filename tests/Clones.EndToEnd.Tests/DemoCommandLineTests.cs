using Clones.Testing;

namespace Clones.EndToEnd.Tests;

public sealed class DemoCommandLineTests
{
    [Theory]
    [InlineData("walet address", 2)]
    [InlineData("--help", 2)]
    [InlineData("wallet", 2)]
    [InlineData("wallet adress", 2)]
    [InlineData("wallet sign a b", 2)]
    [InlineData("wallet --help", 0)]
    public async Task What_is_mistyped_ends_with_2_and_the_usage_before_any_setting_or_file_is_looked_for(string line, int expected)
    {
        await using var demo = LeashedProcess.Start(["dotnet", Hosts.DemoPath, .. line.Split(' ')]);

        var code = await demo.WaitAsync(TestContext.Current.CancellationToken)
            .OrGiveUpAsync("the process to end by itself", TestContext.Current.CancellationToken);

        code.ShouldBe(expected, demo.Output);
        demo.Output.ShouldContain("usage: ./clones wallet address | sign-in | sign [TRANSACTION]");
    }
}
