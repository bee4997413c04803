using Clones.Domain.Ledger;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Settlement.Ledger;
using Clones.Settlement.Rules;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using TransactionStatus = Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Settlement.Tests.Ledger;

/// <summary>A wallet and what it has signed, for tests of pure functions.</summary>
internal sealed class Landed
{
    public const ulong Fee = 5_000;
    public static readonly Guid TransactionId = Guid.Parse("019a0000-0000-8000-8000-000000000001");

    private readonly Account key = Account.Generate();

    public PublicKey Recipient { get; } = Fresh();

    public WatchedWallet Wallet => new(Guid.Parse("019a0000-0000-7000-8000-000000000009"), key.PublicKey.ToString(), default, []);

    public static PublicKey Fresh()
    {
        using var account = Account.Generate();
        return account.PublicKey;
    }

    public byte[] Transfer(ulong lamports, string? memo = null) =>
        Sign(
            new TransactionBuilder()
                .SetFeePayer(key.PublicKey)
                .SetRecentBlockhash(new Blockhash(new byte[32]))
                .AddInstruction(SystemProgram.Transfer(key.PublicKey, Recipient, lamports))
                .AddInstruction(MemoProgram.Write(memo ?? TransactionMemo.Of(TransactionId, 1)))
        );

    public byte[] Sign(TransactionBuilder builder)
    {
        var transaction = new Transaction(builder.BuildMessage());
        transaction.Sign(key);
        return transaction.Serialize();
    }

    public OnChainTransaction OnChain(ulong lamports, int attempt = 1, string? error = null, Guid? id = null)
    {
        var wire = Transfer(lamports, TransactionMemo.Of(id ?? TransactionId, attempt));
        return new OnChainTransaction
        {
            Signature = Transaction.Deserialize(wire).Id.ToString(),
            WalletId = Wallet.Id,
            TransactionId = id ?? TransactionId,
            AttemptNumber = attempt,
            Slot = 10,
            Error = error,
            FeeLamports = Fee,
            WireBytes = wire,
            GenesisHash = "",
            RecordedAt = default,
        };
    }

    public Payment Payment(ulong lamports, PublicKey? recipient = null) =>
        new()
        {
            Id = Guid.NewGuid(),
            Kind = PaymentKind.Reward,
            TrainingPoolId = Guid.Empty,
            WalletId = Wallet.Id,
            TransactionId = TransactionId,
            Recipient = (recipient ?? Recipient).ToString(),
            Amount = lamports,
            Status = PaymentStatus.Completed,
            Caller = "",
            IdempotencyKey = "",
            RequestHash = [],
            CreatedAt = default,
        };

    public ChainTransaction Intent(TransactionStatus status, params TransactionAttempt[] attempts)
    {
        var transaction = new ChainTransaction
        {
            Id = TransactionId,
            Kind = TransactionKind.Payment,
            Status = status,
            WalletId = Wallet.Id,
            CreatedAt = default,
        };
        transaction.Attempts.AddRange(attempts);
        return transaction;
    }

    public static TransactionAttempt Attempt(
        int number,
        AttemptStatus status,
        string? signature,
        ulong lastValid = 100,
        ulong? slot = 10
    ) =>
        new()
        {
            TransactionId = TransactionId,
            Number = number,
            Status = status,
            MessageBytes = [],
            Signature = signature,
            Blockhash = "",
            LastValidBlockHeight = lastValid,
            ContextSlot = 1,
            GenesisHash = "",
            FeeLamportsMax = Fee,
            Slot = slot,
            CreatedAt = default,
        };

    public static TransactionDetail Detail(byte[] wire, ulong[] before, ulong[] after, string? error = null) =>
        new(10, 1_700_000_000, error, Fee, wire, before, after, [], [], [], [], null, null);
}
