namespace Clones.Simulation.Tests;

public sealed class DeploymentSimulationTests(ITestOutputHelper output)
{
    private const int Count = 15;

    public static TheoryData<string> Plants => [.. SeededBug.OfDeployments.Keys];

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

    /// <summary>1110: signed before a backup that was restored, with no opening of the key left. 5261: restored within a request. 90632: restored, signed anew, and what was forgotten is found beside it.</summary>
    [Theory]
    [InlineData(1110UL)]
    [InlineData(5261UL)]
    [InlineData(90632UL)]
    public void A_restored_database_that_forgot_what_was_signed_keeps_every_promise(ulong seed) =>
        DeploymentHistory.Run(seed).Findings.ShouldBeEmpty();

    /// <summary>9230: what has landed is looked for on a node that shows nothing. 9057: restored, and CANCEL of what had landed before.</summary>
    [Theory]
    [InlineData(9230UL)]
    [InlineData(9057UL)]
    public void The_word_of_one_node_fails_no_agent_and_what_was_forgotten_is_adopted(ulong seed) =>
        DeploymentHistory.Run(seed).Findings.ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Plants))]
    public void A_planted_bug_is_caught(string bug)
    {
        var all = Histories.Run(firstSeed: 1, count: 20, SeededBug.OfDeployments[bug], failuresMax: 1, run: DeploymentHistory.Run);

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
