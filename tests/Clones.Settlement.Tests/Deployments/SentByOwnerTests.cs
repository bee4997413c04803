using Clones.Settlement.Chain;
using Clones.Settlement.Rules;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Testing.Hosts;

namespace Clones.Settlement.Tests.Deployments;

public sealed class SentByOwnerTests
{
    private static readonly Guid Ours = Guid.CreateVersion7();

    [Theory]
    [InlineData(950, 1_000, true)]
    [InlineData(950, 7, true)]
    [InlineData(899, 1_000, false)]
    public async Task What_an_owner_has_sent_is_found_behind_a_thousand_payments_of_strangers_as_far_back_as_the_attempt(
        ulong slotOfStrangers,
        int pageMax,
        bool isReached
    )
    {
        using var owner = Account.Generate();
        var message = new TransactionBuilder()
            .SetFeePayer(owner.PublicKey)
            .SetRecentBlockhash(new Blockhash(new byte[Blockhash.Length]))
            .AddInstruction(MemoProgram.Write(TransactionMemo.Of(Ours, 1)))
            .BuildMessage()
            .Serialize();
        var sent = owner.Sign(message);
        // Rejected by the chain, which is an end as good as any other.
        var rejected = new CannedEntry(sent, 940, $"[38] {TransactionMemo.Of(Ours, 1)}", """{"InstructionError":[2,{"Custom":0}]}""");
        var strangers = Enumerable.Range(1, 1_000).Select(i => CannedEntry.Of(i, slotOfStrangers));
        var node = new CannedNode().Lists([.. strangers, rejected with { Slot = Math.Min(rejected.Slot, slotOfStrangers) }], pageMax);
        var facts = new AttemptFacts(
            Ours,
            1,
            Signature: null,
            owner.PublicKey,
            LastValidBlockHeight: 1_050,
            ContextSlot: 900,
            "genesis",
            default,
            message
        );

        var found = await new TransactionFinder(node.Endpoints).FindSentAsync(facts, TestContext.Current.CancellationToken);

        found.ShouldBe(isReached ? sent : null);
    }
}
