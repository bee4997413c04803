using Clones.Settlement.Chain;
using Clones.Solana.Rpc;
using Clones.Testing.Hosts;

namespace Clones.Settlement.Tests.Ledger;

public sealed class AgreedHistoryTests
{
    private static readonly TransactionDetail True = Landed.Detail(new Landed().Transfer(7), [100, 0, 1], [88, 7, 1]);

    private static readonly CannedEntry[] Listed = [.. Enumerable.Range(1, 12).Select(i => CannedEntry.Of(i, 100 - (ulong)i))];

    [Fact]
    public async Task Nodes_that_cap_their_pages_differently_list_the_same_history()
    {
        var listed = await ListAsync(new CannedNode().Lists(Listed, pageMax: 2), new CannedNode().Lists(Listed, pageMax: 5));

        listed.Select(l => l.Signature).ShouldBe(Listed.Reverse().Select(e => e.Signature));
    }

    [Fact]
    public async Task What_one_node_leaves_out_another_lists()
    {
        var torn = Listed.Where((_, i) => i % 3 != 0).ToList();

        var listed = await ListAsync(new CannedNode().Lists(torn, pageMax: 2), new CannedNode().Lists(Listed, pageMax: 5));

        listed.Count.ShouldBe(Listed.Length);
    }

    [Fact]
    public async Task A_node_whose_pages_end_early_counts_for_nothing() =>
        await Should.ThrowAsync<HistoryUnresolvedException>(() =>
            ListAsync(
                new CannedNode().Lists(Listed, pageMax: 5),
                new CannedNode()
                    .Lists(Listed, pageMax: 5)
                    .Answer("getSignatureStatuses", _ => """{"context":{"slot":2000},"value":[null]}""")
                    .Forgets()
            )
        );

    private static Task<IReadOnlyList<(Solana.Primitives.Signature Signature, ulong Slot)>> ListAsync(params CannedNode[] nodes) =>
        AgreedHistory.ListAsync(
            new FinalizedHorizon(
                200,
                200,
                "genesis",
                [.. nodes.Select(n => new HorizonNode(n.Endpoints.Primary, 0))],
                Needed: 2,
                Configured: nodes.Length
            ),
            default,
            fromSlot: 0,
            keptFrom: null,
            TestContext.Current.CancellationToken
        );

    [Fact]
    public void What_two_nodes_tell_alike_is_believed() => AgreedHistory.Agreed([True, True], needed: 2).ShouldNotBeNull();

    [Fact]
    public void What_one_node_tells_is_not_believed_where_two_are_needed()
    {
        AgreedHistory.Agreed([True], needed: 2).ShouldBeNull();
        AgreedHistory.Agreed([], needed: 1).ShouldBeNull();
    }

    [Fact]
    public void Balances_that_a_single_node_tells_do_not_get_into_the_books()
    {
        var lie = True with { PostBalances = [1_000_000, 7, 1] };
        var token = True with { PostTokenBalances = [new TransactionTokenBalance(1, Landed.Fresh(), null, 9, 6)] };
        var accounts = True with { LoadedWritable = [Landed.Fresh()] };

        foreach (var other in new[] { lie, token, accounts })
        {
            AgreedHistory.Agreed([other, True], needed: 2).ShouldBeNull();
            AgreedHistory.Agreed([other, True, True], needed: 2).ShouldNotBeNull().PostBalances.ShouldBe(True.PostBalances);
        }
    }

    [Fact]
    public void Owners_and_the_order_of_token_balances_are_no_difference()
    {
        var (mint, other) = (Landed.Fresh(), Landed.Fresh());
        TransactionTokenBalance[] balances = [new(1, mint, Landed.Fresh(), 9, 6), new(2, other, null, 1, 6)];
        var told = True with { PostTokenBalances = balances };
        var turned = True with { PostTokenBalances = [balances[1], balances[0] with { Owner = null }] };

        AgreedHistory.Agreed([told, turned], needed: 2).ShouldNotBeNull();
    }

    [Fact]
    public void A_time_that_a_single_node_tells_is_left_out()
    {
        AgreedHistory.Agreed([True with { BlockTime = long.MaxValue }, True], needed: 2).ShouldNotBeNull().BlockTime.ShouldBeNull();
        AgreedHistory.Agreed([True with { BlockTime = 5 }, True, True], needed: 2).ShouldNotBeNull().BlockTime.ShouldBe(True.BlockTime);
    }
}
