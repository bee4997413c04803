using Clones.Domain.Faults;

namespace Clones.Simulation.Tests;

public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int Count = 20_000;

    public static TheoryData<string> Plants => [.. SeededBug.All.Keys];

    [Fact]
    public void In_twenty_thousand_histories_of_crashes_forks_and_lies_every_payment_happens_exactly_once()
    {
        var began = TimeProvider.System.GetTimestamp();
        var all = Histories.Run(firstSeed: 1, Count);

        output.WriteLine($"{all.Count} histories, {all.SimulatedTime.TotalDays:0} days, in {TimeProvider.System.GetElapsedTime(began)}");
        output.WriteLine(string.Join(", ", all.Faults.Concat(all.Crashes).Select(f => $"{f.Key} {f.Value}")));
        all.Failures.ShouldBeEmpty(string.Join("\n", all.Failures.Select(f => $"seed {f.Seed}: {string.Join("; ", f.Findings)}")));
        all.Count.ShouldBe(Count);
        // Keys are opened by a stand-in here, and payments accepted without an API.
        string[] elsewhere = [nameof(CrashPoint.KeySwapped), nameof(CrashPoint.PaymentAccepted)];
        all.Crashes.Keys.Order().ShouldBe(Enum.GetNames<CrashPoint>().Except(elsewhere).Order());
    }

    [Theory]
    [MemberData(nameof(Plants))]
    public void A_planted_bug_is_caught(string bug)
    {
        var all = Histories.Run(firstSeed: 1, count: 5_000, SeededBug.All[bug], failuresMax: 1);

        all.Failures.ShouldNotBeEmpty();
        output.WriteLine($"{bug}: after {all.Count} histories, {string.Join("; ", all.Failures[0].Findings)}");
    }

    [Fact]
    public void The_same_seed_gives_the_same_history()
    {
        for (var seed = 1UL; seed <= 200; seed++)
        {
            var first = History.Run(seed);
            var second = History.Run(seed);
            second.Fingerprint.ShouldBe(first.Fingerprint, $"seed {seed}");
            second.Milliseconds.ShouldBe(first.Milliseconds);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void What_is_found_does_not_depend_on_how_many_histories_run_at_once(int threads)
    {
        var plant = SeededBug.All["null taken for expiry"];

        var all = Histories.Run(firstSeed: 1, count: 2_000, plant, failuresMax: 3, threads: threads);

        all.Failures.Select(f => f.Seed).ShouldBe(all.Failures.Select(f => f.Seed).Order());
        all.Failures.Count.ShouldBe(3);
        all.Count.ShouldBe((int)all.Failures[^1].Seed);
        var alone = Enumerable.Range(1, all.Count).Select(seed => History.Run((ulong)seed, plant)).ToList();
        all.Failures.Select(f => f.Fingerprint).ShouldBe(alone.Where(h => h.Findings.Count > 0).Select(h => h.Fingerprint));
        all.Faults.Values.Sum().ShouldBe(alone.Sum(h => h.Faults.Values.Sum()));
        all.SimulatedTime.TotalMilliseconds.ShouldBe(alone.Sum(h => h.Milliseconds));
    }

    [Fact]
    public void A_failing_seed_fails_alike_when_it_is_run_again()
    {
        var plant = SeededBug.All["null taken for expiry"];
        var failure = Histories.Run(firstSeed: 1, count: 2_000, plant, failuresMax: 1).Failures[0];

        var again = History.Run(failure.Seed, plant);

        again.Findings.ShouldBe(failure.Findings);
        again.Fingerprint.ShouldBe(failure.Fingerprint);
    }
}
