using Clones.Domain.Transactions;
using Clones.Settlement.Chain;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using Clones.Testing.Hosts;

namespace Clones.Settlement.Tests.Deployments;

/// <summary>What made an account ends a transaction, so that two nodes must show it where two are configured.</summary>
public sealed class MakerOfAccountTests
{
    private readonly Transaction made = SignedBy(Account.FromSeed(new byte[32]));

    [Fact]
    public async Task An_attempt_of_ours_is_believed_when_two_nodes_show_it_final()
    {
        var found = await AskAsync([Stored()], Sound(), Sound());

        (found.Signature, found.Slot, found.Attempt!.Value.Number).ShouldBe((made.Id, 9ul, 3));
    }

    [Fact]
    public async Task One_node_alone_is_not_believed_where_two_are_configured()
    {
        var ignorant = new CannedNode().Lists([]).Answer("getTransaction", _ => "null").Answer("getBlockTime", _ => "null");

        await Should.ThrowAsync<ChainNotReadyException>(() => AskAsync([Stored()], Sound(), ignorant));
        await Should.ThrowAsync<ChainNotReadyException>(() => AskAsync([], Sound(), ignorant));
    }

    [Fact]
    public async Task One_node_is_enough_where_one_is_configured()
    {
        (await AskAsync([Stored()], Sound())).Attempt.ShouldNotBeNull();
        (await AskAsync([], Sound())).Signature.ShouldBe(made.Id);
    }

    [Fact]
    public async Task What_somebody_else_has_made_is_believed_when_two_nodes_show_the_same_of_it()
    {
        var found = await AskAsync([], Sound(), Sound());

        (found.Signature, found.Attempt).ShouldBe((made.Id, null));
        found.WireBytes.ShouldBe(made.Serialize());
    }

    private Task<FoundTransaction> AskAsync(IReadOnlyList<TransactionAttempt> attempts, params CannedNode[] nodes)
    {
        var finder = new TransactionFinder(new RpcEndpoints(nodes.Select(n => n.Endpoints.Primary), TimeProvider.System));
        var mint = made.Message.FeePayer;
        return finder.FindMakerAsync(attempts, TransactionKind.TokenCreation, mint, TestContext.Current.CancellationToken);
    }

    private CannedNode Sound() =>
        new CannedNode()
            .Lists([new CannedEntry(made.Id, 9)])
            .Answer("getTransaction", _ => CannedTransactions.Detail(made))
            .Answer("getBlockTime", _ => "1700000000");

    private TransactionAttempt Stored() =>
        new()
        {
            TransactionId = Guid.CreateVersion7(),
            Number = 3,
            Status = AttemptStatus.Broadcast,
            MessageBytes = made.Message.Serialize(),
            Signature = made.Id.ToString(),
            Blockhash = made.Message.RecentBlockhash.ToString(),
            LastValidBlockHeight = 100,
            ContextSlot = 1,
            GenesisHash = "",
            FeeLamportsMax = 5_000,
            CreatedAt = DateTimeOffset.UnixEpoch,
        };

    private static Transaction SignedBy(Account mint)
    {
        var transaction = new Transaction(
            new TransactionBuilder()
                .SetFeePayer(mint.PublicKey)
                .SetRecentBlockhash(new Blockhash(new byte[Blockhash.Length]))
                .AddInstruction(MemoProgram.Write("made"))
                .BuildMessage()
        );
        transaction.Sign(mint);
        return transaction;
    }
}
