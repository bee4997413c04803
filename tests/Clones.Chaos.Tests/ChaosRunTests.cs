namespace Clones.Chaos.Tests;

/// <summary>The short run on real parts; "./clones chaos" is the long one.</summary>
public sealed class ChaosRunTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Three_hundred_payments_and_two_agents_are_executed_exactly_once_while_everything_dies_around_them()
    {
        var plan = new ChaosPlan(Seed: 20_261_124, Payments: 300, TimeSpan.FromSeconds(45), Kills: 8, Workers: 2, Agents: 2);
        using var told = new StringWriter();
        var report = await ChaosRun.RunAsync(plan, told, TestContext.Current.CancellationToken);
        report.Write(told);
        output.WriteLine(told.ToString());

        report.Findings.ShouldBeEmpty(told.ToString());
        (report.Evidence.Accepted.Count + report.Evidence.Rejected.Count).ShouldBe(300);
        report.Evidence.Accepted.Count.ShouldBeGreaterThan(280);
        report.FaultCounts.Deaths.ShouldBeGreaterThan(4);
        report.FaultCounts.Counts.Count(c => c.Kind.StartsWith("chain: ", StringComparison.Ordinal)).ShouldBeGreaterThan(3);
    }
}
