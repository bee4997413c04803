using Clones.Settlement.Chain;
using Clones.Settlement.Rules;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using Clones.Testing.Hosts;

namespace Clones.Settlement.Tests.Deployments;

public sealed class ExecutedByOwnerTests
{
    private static readonly Guid Ours = Guid.CreateVersion7();

    [Fact]
    public void A_memo_names_a_transaction_wherever_it_stands_in_the_line_that_a_node_writes()
    {
        TransactionMemo.NamesAny($"[38] {Ours:D}:1", new HashSet<Guid> { Ours }).ShouldBeTrue();
        TransactionMemo.NamesAny($"[5] hello; [39] {Ours:D}:12", new HashSet<Guid> { Ours }).ShouldBeTrue();
        TransactionMemo.NamesAny($"[38] {Guid.CreateVersion7():D}:1", new HashSet<Guid> { Ours }).ShouldBeFalse();
        TransactionMemo.NamesAny($"[36] {Ours:D}", new HashSet<Guid> { Ours }).ShouldBeFalse();
        TransactionMemo.NamesAny(null, new HashSet<Guid> { Ours }).ShouldBeFalse();
    }

    [Fact]
    public async Task One_node_that_shows_what_the_owner_paid_outweighs_another_that_lags_behind_it()
    {
        using var owner = Account.Generate();
        var landed = PaidBy(owner);
        var lagging = NodeOf(PaidBy(owner, memo: "long before"));
        var sound = NodeOf(landed);

        (await AskAsync(owner, lagging, sound)).ShouldBe(landed.Id.ToString());
        (await AskAsync(owner, lagging, lagging)).ShouldBeNull();
    }

    [Fact]
    public async Task Where_one_of_two_nodes_knows_no_history_nothing_is_concluded()
    {
        using var owner = Account.Generate();
        var empty = new CannedNode().Lists([]);

        var rejected = await Should.ThrowAsync<ChainNotReadyException>(() => AskAsync(owner, NodeOf(PaidBy(owner, memo: "other")), empty));

        rejected.Diagnosis.ShouldContain("it lists nothing");
    }

    [Fact]
    public async Task What_the_owner_paid_is_found_on_the_third_of_a_nodes_short_pages()
    {
        using var owner = Account.Generate();
        var landed = PaidBy(owner);

        (await AskAsync(owner, NodeOf(landed, pageMax: 5, Enumerable.Range(1, 12).Select(i => CannedEntry.Of(i, 20))))).ShouldBe(
            landed.Id.ToString()
        );
    }

    [Fact]
    public async Task A_node_that_forgets_where_its_last_page_ended_tells_nothing()
    {
        using var owner = Account.Generate();
        var node = NodeOf(PaidBy(owner), pageMax: 5, Enumerable.Range(1, 12).Select(i => CannedEntry.Of(i, 20)))
            .Answer("getSignatureStatuses", _ => """{"context":{"slot":2000},"value":[null]}""")
            .Forgets();

        var rejected = await Should.ThrowAsync<ChainNotReadyException>(() => AskAsync(owner, node));

        rejected.Diagnosis.ShouldContain("do not lead to the beginning");
    }

    private static async Task<string?> AskAsync(Account owner, params CannedNode[] nodes)
    {
        var finder = new TransactionFinder(new RpcEndpoints(nodes.Select(n => n.Endpoints.Primary), TimeProvider.System));
        var (found, _) = await finder.FindExecutedAsync(
            owner.PublicKey,
            [Ours],
            DateTimeOffset.UnixEpoch,
            TestContext.Current.CancellationToken
        );
        return found?.ToString();
    }

    private static Transaction PaidBy(Account payer, string? memo = null)
    {
        var transaction = new Transaction(
            new TransactionBuilder()
                .SetFeePayer(payer.PublicKey)
                .SetRecentBlockhash(new Blockhash(new byte[Blockhash.Length]))
                .AddInstruction(MemoProgram.Write(memo ?? TransactionMemo.Of(Ours, 1)))
                .BuildMessage()
        );
        transaction.Sign(payer);
        return transaction;
    }

    private static CannedNode NodeOf(Transaction only, int pageMax = 1_000, params IEnumerable<CannedEntry> younger)
    {
        var memo = System.Text.Encoding.UTF8.GetString(only.Message.Instructions[^1].Data);
        return new CannedNode()
            .Lists([.. younger, new CannedEntry(only.Id, 9, $"[9] {memo}")], pageMax)
            .Answer("getTransaction", _ => CannedTransactions.Detail(only));
    }
}
