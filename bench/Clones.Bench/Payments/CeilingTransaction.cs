using System.Buffers.Text;
using Clones.Bench.Servers;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;

namespace Clones.Bench.Payments;

/// <summary>Payments of the hand-written ceiling on their way, in one transaction.</summary>
/// <param name="makesAccounts">Whether it makes the recipients' accounts where they are missing.</param>
internal sealed class CeilingTransaction(BenchmarkPool pool, IReadOnlyList<PublicKey> recipients, bool makesAccounts)
{
    private const uint UnitsOfPayment = 100_000;
    private const ulong MicroLamportsPerUnit = 1_000;

    public Guid Id { get; } = Guid.CreateVersion7();

    public BenchmarkPool Pool => pool;

    public IReadOnlyList<PublicKey> Recipients => recipients;

    public Guid[] PaymentIds { get; } = [.. recipients.Select(_ => Guid.CreateVersion7())];

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
        var builder = new TransactionBuilder()
            .SetFeePayer(wallet)
            .SetRecentBlockhash(blockhash)
            .AddInstruction(ComputeBudgetProgram.SetComputeUnitLimit(UnitsOfPayment * (uint)recipients.Count))
            .AddInstruction(ComputeBudgetProgram.SetComputeUnitPrice(MicroLamportsPerUnit));
        var source = AssociatedTokenAccountProgram.FindAddress(wallet, mint, TokenProgram.Id);
        foreach (var recipient in recipients)
        {
            if (makesAccounts)
            {
                builder.AddInstruction(AssociatedTokenAccountProgram.CreateIdempotent(wallet, recipient, mint, TokenProgram.Id));
            }
            var account = AssociatedTokenAccountProgram.FindAddress(recipient, mint, TokenProgram.Id);
            builder.AddInstruction(TokenProgram.TransferChecked(source, mint, account, wallet, amount, decimals, TokenProgram.Id));
        }
        var signed = builder.AddInstruction(MemoProgram.Write($"{Id:D}:1{Tags()}")).Build(pool.Wallet);
        (Message, Wire, Signature) = (signed.Message.Serialize(), signed.Serialize(), signed.Id);
    }

    /// <summary>As the product's memo has them.</summary>
    private string Tags() =>
        PaymentIds.Length == 1 ? "" : $":{string.Concat(PaymentIds.Select(id => Base64Url.EncodeToString(id.ToByteArray())))}";
}
