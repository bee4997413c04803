using System.Text.Json;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Workers.Deployments;
using Clones.Workers.Settlement;

namespace Clones.Workers.Tests.Deployments;

public sealed class HeldAttemptsTests
{
    private static readonly Guid Ours = Guid.CreateVersion7();

    [Theory]
    [InlineData(950, true)]
    [InlineData(899, false)]
    public async Task What_an_owner_has_sent_is_found_behind_a_thousand_payments_of_strangers_as_far_back_as_the_attempt(
        int slotOfStrangers,
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
        var strangers = string.Join(',', Enumerable.Range(1, 1_000).Select(i => Entry(StrangersSignature(i), slotOfStrangers, null)));
        // Rejected by the chain, which is an end as good as any other.
        var rejected = Entry(sent, 940, $"[38] {TransactionMemo.Of(Ours, 1)}", """{"InstructionError":[2,{"Custom":0}]}""");
        var node = new CannedNode().Answer(
            "getSignaturesForAddress",
            p =>
                p[1].TryGetProperty("before", out var before) && before.ValueKind == JsonValueKind.String
                    ? $"[{rejected}]"
                    : $"[{strangers}]"
        );
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

        var found = await HeldAttempts.FindSentAsync(node.Endpoints, facts, TestContext.Current.CancellationToken);

        found.ShouldBe(isReached ? sent : null);
    }

    private static Signature StrangersSignature(int number)
    {
        var bytes = new byte[Signature.Length];
        BitConverter.TryWriteBytes(bytes, number);
        return new Signature(bytes);
    }

    private static string Entry(Signature signature, int slot, string? memo, string error = "null") =>
        $$"""{"signature":"{{signature}}","slot":{{slot}},"err":{{error}},"memo":{{JsonSerializer.Serialize(memo)}},"confirmationStatus":"finalized"}""";
}
