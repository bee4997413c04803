using Clones.Bench.Servers;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;

namespace Clones.Bench.Payments;

/// <summary>A payment of the hand-written ceiling on its way.</summary>
internal sealed class CeilingPayment(BenchmarkPool pool, PublicKey recipient)
{
    private const uint Units = 100_000;
    private const ulong MicroLamportsPerUnit = 1_000;

    public Guid Id { get; } = Guid.CreateVersion7();

    public BenchmarkPool Pool => pool;

    public PublicKey Recipient => recipient;

    public byte[] Message { get; private set; } = [];

    public byte[] Wire { get; private set; } = [];

    public Signature Signature { get; private set; }

    /// <summary>By the clock of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    public long SentAt { get; set; }

    /// <summary>In which it was executed.</summary>
    public ulong Slot { get; set; }

    /// <summary>The same transaction as that of the product, with the same memo.</summary>
    public void Sign(PublicKey mint, ulong amount, byte decimals, Blockhash blockhash)
    {
        var wallet = pool.Wallet.PublicKey;
        var signed = new TransactionBuilder()
            .SetFeePayer(wallet)
            .SetRecentBlockhash(blockhash)
            .AddInstruction(ComputeBudgetProgram.SetComputeUnitLimit(Units))
            .AddInstruction(ComputeBudgetProgram.SetComputeUnitPrice(MicroLamportsPerUnit))
            .AddInstruction(AssociatedTokenAccountProgram.CreateIdempotent(wallet, recipient, mint, TokenProgram.Id))
            .AddInstruction(
                TokenProgram.TransferChecked(
                    AssociatedTokenAccountProgram.FindAddress(wallet, mint, TokenProgram.Id),
                    mint,
                    AssociatedTokenAccountProgram.FindAddress(recipient, mint, TokenProgram.Id),
                    wallet,
                    amount,
                    decimals,
                    TokenProgram.Id
                )
            )
            .AddInstruction(MemoProgram.Write($"{Id:D}:1"))
            .Build(pool.Wallet);
        (Message, Wire, Signature) = (signed.Message.Serialize(), signed.Serialize(), signed.Id);
    }
}
