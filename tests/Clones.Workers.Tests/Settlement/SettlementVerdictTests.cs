using Clones.Workers.Settlement;

namespace Clones.Workers.Tests.Settlement;

public sealed class SettlementVerdictTests
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
        foreach (var second in Answers)
        foreach (var height in Heights)
        {
            var verdict = SettlementVerdict.Decide([first, second], height, LastValid);
            var what = $"{first} {second} {height} -> {verdict}";
            var bothFinal = first.Kind == SightingKind.Finalized && second.Kind == SightingKind.Finalized;
            if (verdict is SettlementVerdict.Finalized)
            {
                (bothFinal && first == second && first.Error is null).ShouldBeTrue(what);
            }
            if (verdict is SettlementVerdict.Failed)
            {
                (bothFinal && first == second && first.Error is not null).ShouldBeTrue(what);
            }
            (verdict is SettlementVerdict.Contradiction).ShouldBe(bothFinal && first != second, what);
            var seen = first.Kind >= SightingKind.Processed || second.Kind >= SightingKind.Processed;
            if (verdict is SettlementVerdict.SeemsDead)
            {
                (!seen && height >= LastValid + 32).ShouldBeTrue(what);
            }
            if (verdict is SettlementVerdict.InFlight { SendAgain: true })
            {
                seen.ShouldBeFalse(what);
            }
            (verdict is SettlementVerdict.NoAnswer).ShouldBe(
                first.Kind == SightingKind.Unanswered && second.Kind == SightingKind.Unanswered,
                what
            );
        }
    }

    [Fact]
    public void Over_all_combinations_of_three_nodes_two_outvote_one_and_one_alone_ends_nothing()
    {
        foreach (var first in Answers)
        foreach (var second in Answers)
        foreach (var third in Answers)
        foreach (var height in Heights)
        {
            Sighting[] all = [first, second, third];
            var verdict = SettlementVerdict.Decide(all, height, LastValid);
            var what = $"{first} {second} {third} {height} -> {verdict}";
            var ends = all.Where(s => s.Kind == SightingKind.Finalized).GroupBy(s => (s.Slot, s.Error)).ToList();
            var agreed = ends.Find(e => e.Count() >= 2)?.Key;
            (verdict is SettlementVerdict.Finalized).ShouldBe(agreed is { Error: null }, what);
            (verdict is SettlementVerdict.Failed).ShouldBe(agreed is { Error: not null }, what);
            (verdict is SettlementVerdict.Contradiction).ShouldBe(agreed is null && ends.Count > 1, what);
            if (verdict is SettlementVerdict.SeemsDead)
            {
                (all.All(s => s.Kind < SightingKind.Processed) && height >= LastValid + 32).ShouldBeTrue(what);
            }
            (verdict is SettlementVerdict.NoAnswer).ShouldBe(all.All(s => s.Kind == SightingKind.Unanswered), what);
        }
    }

    [Theory]
    [InlineData(nameof(SightingKind.Finalized), null, typeof(SettlementVerdict.Finalized))]
    [InlineData(nameof(SightingKind.Finalized), "err", typeof(SettlementVerdict.Failed))]
    [InlineData(nameof(SightingKind.Confirmed), null, typeof(SettlementVerdict.Confirmed))]
    [InlineData(nameof(SightingKind.Confirmed), "err", typeof(SettlementVerdict.InFlight))]
    [InlineData(nameof(SightingKind.Processed), null, typeof(SettlementVerdict.InFlight))]
    [InlineData(nameof(SightingKind.Unanswered), null, typeof(SettlementVerdict.NoAnswer))]
    public void A_single_node_is_believed_alone(string kind, string? error, Type expected) =>
        SettlementVerdict
            .Decide([new Sighting(Enum.Parse<SightingKind>(kind), 7, error)], LastValid + 500, LastValid)
            .ShouldBeOfType(expected);

    [Fact]
    public void A_single_node_must_be_far_past_the_last_valid_block()
    {
        SettlementVerdict
            .Decide([new Sighting(SightingKind.Unknown)], LastValid + 149, LastValid)
            .ShouldBeOfType<SettlementVerdict.InFlight>();
        SettlementVerdict
            .Decide([new Sighting(SightingKind.Unknown)], LastValid + 150, LastValid)
            .ShouldBeOfType<SettlementVerdict.SeemsDead>();
    }

    [Fact]
    public void One_of_two_that_claims_finality_is_progress_and_not_the_end() =>
        SettlementVerdict
            .Decide([new Sighting(SightingKind.Finalized, 7), new Sighting(SightingKind.Unknown)], 0, LastValid)
            .ShouldBe(new SettlementVerdict.Confirmed(7));

    [Fact]
    public void Success_on_one_fork_outweighs_an_error_on_the_other_until_one_is_final() =>
        SettlementVerdict
            .Decide([new Sighting(SightingKind.Confirmed, 7, "err"), new Sighting(SightingKind.Confirmed, 9)], 0, LastValid)
            .ShouldBe(new SettlementVerdict.Confirmed(9));
}
