using System.Numerics;
using Clones.Settlement.Rules;
using Clones.Solana.Primitives;

namespace Clones.Settlement.Tests.Ledger;

public sealed class LedgerComparisonTests
{
    private static readonly PublicKey Mint = new([.. Enumerable.Repeat((byte)7, PublicKey.Length)]);

    // 120 lamports and 9 tokens since slot 10; 20 lamports less since slot 30.
    private static BigInteger Sum(PublicKey? mint, ulong slot) =>
        slot < 10 ? 0
        : mint is not null ? 9
        : slot < 30 ? 120
        : 100;

    [Fact]
    public void Each_nodes_balance_is_compared_with_the_movements_up_to_its_own_slot() =>
        Decide(needed: 2, [Lamports(20, 120), Tokens(20, 9)], [Lamports(35, 100), Tokens(35, 9)]).ShouldBeOfType<LedgerComparison.Equal>();

    [Fact]
    public void One_difference_in_one_holding_is_a_difference_that_names_it()
    {
        var differs = Decide(needed: 1, [Lamports(35, 100), Tokens(35, 8)]).ShouldBeOfType<LedgerComparison.Differs>();

        differs.Reason.ShouldBe($"The movements of {Mint} add up to 9, the balance at slot 35 is 8.");
    }

    [Fact]
    public void One_node_that_agrees_is_not_enough_where_two_are_needed()
    {
        Decide(needed: 2, [Lamports(35, 100)], [Lamports(35, 0)]).ShouldBeOfType<LedgerComparison.Differs>();
        Decide(needed: 2, [Lamports(35, 100)], [Lamports(35, 0)], [Lamports(31, 100)]).ShouldBeOfType<LedgerComparison.Equal>();
    }

    [Fact]
    public void A_balance_from_beyond_what_was_read_may_agree_and_contradicts_nothing()
    {
        Decide(needed: 2, [Lamports(35, 100)], [Lamports(45, 100)]).ShouldBe(new LedgerComparison.Equal(35));
        Decide(needed: 2, [Lamports(35, 100)], [Lamports(45, 70)]).ShouldBeOfType<LedgerComparison.Unresolved>();
        Decide(needed: 1, [Lamports(45, 70)]).ShouldBeOfType<LedgerComparison.Unresolved>();
    }

    [Fact]
    public void Too_few_nodes_that_answer_lead_to_no_conclusion()
    {
        Decide(needed: 1).ShouldBeOfType<LedgerComparison.Unresolved>();
        Decide(needed: 2, [Lamports(35, 100)]).ShouldBeOfType<LedgerComparison.Unresolved>();
        Decide(needed: 2, [Lamports(35, 5)]).ShouldBeOfType<LedgerComparison.Unresolved>();
    }

    private static LedgerComparison Decide(int needed, params IReadOnlyList<IReadOnlyList<ReportedHolding>> told) =>
        LedgerComparison.Decide(told, Sum, readTo: 40, needed);

    private static ReportedHolding Lamports(ulong slot, ulong amount) => new(null, slot, amount);

    private static ReportedHolding Tokens(ulong slot, ulong amount) => new(Mint, slot, amount);
}
