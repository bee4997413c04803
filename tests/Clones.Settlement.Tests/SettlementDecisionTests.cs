using Clones.Settlement.Rules;

namespace Clones.Settlement.Tests;

public sealed class SettlementDecisionTests
{
    private const ulong LastValid = 1_000;

    private static readonly Sighting[] Answers =
    [
        new(SightingKind.Unanswered),
        new(SightingKind.Unknown),
        new(SightingKind.Processed, 7),
        new(SightingKind.Processed, 7, "err"),
        new(SightingKind.Confirmed, 7),
        new(SightingKind.Confirmed, 7, "err"),
        new(SightingKind.Finalized, 7),
        new(SightingKind.Finalized, 7, "err"),
        new(SightingKind.Finalized, 8),
    ];

    private static readonly ulong?[] Heights = [null, 0, LastValid, LastValid + 31, LastValid + 32, LastValid + 149, LastValid + 150];

    [Fact]
    public void Over_all_combinations_of_two_nodes_the_end_needs_both_and_death_needs_silence_from_both()
    {
        foreach (var first in Answers)
        {
            foreach (var second in Answers)
            {
                foreach (var height in Heights)
                {
                    var decision = SettlementDecision.Decide([first, second], height, LastValid);
                    var what = $"{first} {second} {height} -> {decision}";
                    var bothFinal = first.Kind == SightingKind.Finalized && second.Kind == SightingKind.Finalized;
                    if (decision is SettlementDecision.Finalized)
                    {
                        (bothFinal && first == second && first.Error is null).ShouldBeTrue(what);
                    }
                    if (decision is SettlementDecision.Failed)
                    {
                        (bothFinal && first == second && first.Error is not null).ShouldBeTrue(what);
                    }
                    (decision is SettlementDecision.Contradiction).ShouldBe(bothFinal && first != second, what);
                    var seen = first.Kind >= SightingKind.Processed || second.Kind >= SightingKind.Processed;
                    if (decision is SettlementDecision.SeemsExpired)
                    {
                        (!seen && height >= LastValid + 32).ShouldBeTrue(what);
                    }
                    if (decision is SettlementDecision.InFlight { SendAgain: true })
                    {
                        seen.ShouldBeFalse(what);
                    }
                    (decision is SettlementDecision.NoAnswer).ShouldBe(
                        first.Kind == SightingKind.Unanswered && second.Kind == SightingKind.Unanswered,
                        what
                    );
                }
            }
        }
    }

    [Fact]
    public void Over_all_combinations_of_three_nodes_two_outvote_one_and_one_alone_ends_nothing()
    {
        foreach (var first in Answers)
        {
            foreach (var second in Answers)
            {
                foreach (var third in Answers)
                {
                    foreach (var height in Heights)
                    {
                        Sighting[] all = [first, second, third];
                        var decision = SettlementDecision.Decide(all, height, LastValid);
                        var what = $"{first} {second} {third} {height} -> {decision}";
                        var ends = all.Where(s => s.Kind == SightingKind.Finalized).GroupBy(s => (s.Slot, s.Error)).ToList();
                        var agreed = ends.Find(e => e.Count() >= 2)?.Key;
                        (decision is SettlementDecision.Finalized).ShouldBe(agreed is { Error: null }, what);
                        (decision is SettlementDecision.Failed).ShouldBe(agreed is { Error: not null }, what);
                        (decision is SettlementDecision.Contradiction).ShouldBe(agreed is null && ends.Count > 1, what);
                        if (decision is SettlementDecision.SeemsExpired)
                        {
                            (all.All(s => s.Kind < SightingKind.Processed) && height >= LastValid + 32).ShouldBeTrue(what);
                        }
                        (decision is SettlementDecision.NoAnswer).ShouldBe(all.All(s => s.Kind == SightingKind.Unanswered), what);
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(nameof(SightingKind.Finalized), null, typeof(SettlementDecision.Finalized))]
    [InlineData(nameof(SightingKind.Finalized), "err", typeof(SettlementDecision.Failed))]
    [InlineData(nameof(SightingKind.Confirmed), null, typeof(SettlementDecision.Confirmed))]
    [InlineData(nameof(SightingKind.Confirmed), "err", typeof(SettlementDecision.InFlight))]
    [InlineData(nameof(SightingKind.Processed), null, typeof(SettlementDecision.InFlight))]
    [InlineData(nameof(SightingKind.Unanswered), null, typeof(SettlementDecision.NoAnswer))]
    public void A_single_node_is_believed_alone(string kind, string? error, Type expected) =>
        SettlementDecision
            .Decide([new Sighting(Enum.Parse<SightingKind>(kind), 7, error)], LastValid + 500, LastValid)
            .ShouldBeOfType(expected);

    [Fact]
    public void A_single_node_must_be_far_past_the_last_valid_block()
    {
        SettlementDecision
            .Decide([new Sighting(SightingKind.Unknown)], LastValid + 149, LastValid)
            .ShouldBeOfType<SettlementDecision.InFlight>();
        SettlementDecision
            .Decide([new Sighting(SightingKind.Unknown)], LastValid + 150, LastValid)
            .ShouldBeOfType<SettlementDecision.SeemsExpired>();
    }

    [Fact]
    public void One_of_two_that_claims_finality_is_progress_and_not_the_end() =>
        SettlementDecision
            .Decide([new Sighting(SightingKind.Finalized, 7), new Sighting(SightingKind.Unknown)], 0, LastValid)
            .ShouldBe(new SettlementDecision.Confirmed(7));

    [Fact]
    public void Success_on_one_fork_outweighs_an_error_on_the_other_until_one_is_final() =>
        SettlementDecision
            .Decide([new Sighting(SightingKind.Confirmed, 7, "err"), new Sighting(SightingKind.Confirmed, 9)], 0, LastValid)
            .ShouldBe(new SettlementDecision.Confirmed(9));
}
