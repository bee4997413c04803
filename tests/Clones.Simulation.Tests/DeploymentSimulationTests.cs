namespace Clones.Simulation.Tests;

public sealed class DeploymentSimulationTests(ITestOutputHelper output)
{
    private const int Count = 15;

    public static TheoryData<string> Plants => [.. Plant.OfDeployments.Keys];

    [Fact]
    public void In_fifteen_histories_of_owners_of_any_temper_every_agent_has_one_token_one_pool_and_the_status_that_the_chain_shows()
    {
        var all = Histories.Run(firstSeed: 1, Count, run: DeploymentHistory.Run);

        output.WriteLine(string.Join(", ", all.Faults.Concat(all.Crashes).Select(f => $"{f.Key} {f.Value}")));
        all.Failures.ShouldBeEmpty(string.Join("\n", all.Failures.Select(f => $"seed {f.Seed}: {string.Join("; ", f.Findings)}")));
        all.Count.ShouldBe(Count);
        string[] tempers =
        [
            "owner double-clicks",
            "owner sends an old transaction",
            "owner walks away",
            "owner's broadcast taken",
            "owner's broadcast not taken",
        ];
        tempers.ShouldBeSubsetOf(all.Faults.Keys);
    }

    [Fact]
    public void What_a_restored_database_had_forgotten_to_have_signed_is_no_signature_without_an_opening_of_the_key() =>
        DeploymentHistory.Run(seed: 1110).Findings.ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Plants))]
    public void A_planted_bug_is_caught(string bug)
    {
        var all = Histories.Run(firstSeed: 1, count: 20, Plant.OfDeployments[bug], failuresMax: 1, run: DeploymentHistory.Run);

        all.Failures.ShouldNotBeEmpty();
        output.WriteLine($"{bug}: after {all.Count} histories, {string.Join("; ", all.Failures[0].Findings)}");
    }

    [Fact]
    public void The_same_seed_gives_the_same_history()
    {
        for (var seed = 1UL; seed <= 1; seed++)
        {
            var first = DeploymentHistory.Run(seed);
            var second = DeploymentHistory.Run(seed);
            second.Fingerprint.ShouldBe(first.Fingerprint, $"seed {seed}");
            second.Milliseconds.ShouldBe(first.Milliseconds);
        }
    }
}
