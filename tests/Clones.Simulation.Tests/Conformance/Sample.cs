using Clones.Domain.Agents;
using Clones.Domain.Ledger;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Persistence.Agents;
using Clones.Solana.Primitives;

namespace Clones.Simulation.Tests.Conformance;

/// <summary>Rows with all that the tables want. What a test is about, it says itself.</summary>
internal static class Sample
{
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static string Address()
    {
        using var account = Account.Generate();
        return account.PublicKey.ToString();
    }

    public static DepositWallet Wallet()
    {
        var id = Guid.CreateVersion7();
        return new()
        {
            Id = id,
            TrainingPoolId = Guid.CreateVersion7(),
            Address = Address(),
            Key = new DepositWalletKey { WalletId = id, EncryptedPrivateKey = "none" },
            CreatedAt = Start,
        };
    }

    public static ChainTransaction Transaction(
        DepositWallet wallet,
        TransactionStatus status,
        DateTimeOffset dueAt = default,
        TransactionKind kind = TransactionKind.Payment,
        Agent? agent = null
    ) =>
        new()
        {
            Id = Guid.CreateVersion7(),
            Kind = kind,
            Status = status,
            WalletId = wallet.Id,
            AgentId = agent?.Id,
            AttemptNumber = 1,
            NextCheckAt = dueAt,
            CreatedAt = Start,
        };

    public static TransactionAttempt Attempt(
        ChainTransaction transaction,
        AttemptStatus status,
        int number = 1,
        string? signature = null,
        DeploymentPayer payer = DeploymentPayer.DepositWallet
    ) =>
        new()
        {
            TransactionId = transaction.Id,
            Number = number,
            Status = status,
            Payer = payer,
            MessageBytes = [1],
            WireBytes = status.IsSendable() ? [2] : null,
            Signature = signature,
            Blockhash = "blockhash",
            LastValidBlockHeight = 1_000,
            ContextSlot = 1,
            GenesisHash = "genesis",
            FeeLamportsMax = 5_000,
            CreatedAt = Start.AddMinutes(number),
        };

    public static Payment Payment(ChainTransaction transaction, DepositWallet wallet, string? mint = null) =>
        new()
        {
            Id = Guid.NewGuid(),
            Kind = PaymentKind.Withdrawal,
            TrainingPoolId = wallet.TrainingPoolId,
            WalletId = wallet.Id,
            TransactionId = transaction.Id,
            Recipient = "recipient",
            Mint = mint,
            Amount = 1,
            Status = PaymentStatus.Accepted,
            Caller = "test",
            IdempotencyKey = Guid.NewGuid().ToString(),
            RequestHash = [1],
            CreatedAt = Start,
        };

    public static WalletReservation Reservation(ChainTransaction transaction, ulong amount, bool isReleased = false) =>
        new()
        {
            Id = Guid.CreateVersion7(),
            WalletId = transaction.WalletId,
            TransactionId = transaction.Id,
            Amount = amount,
            CreatedAt = Start,
            ReleasedAt = isReleased ? Start : null,
        };

    public static Agent Agent(DepositWallet wallet) =>
        new()
        {
            Id = Guid.CreateVersion7(),
            TrainingPoolId = wallet.TrainingPoolId,
            OwnerAddress = Address(),
            Name = "An agent",
            Ticker = "AGENT",
            Description = "An agent of the tests",
            Supply = 1_000,
            Decimals = 0,
            MinimumLiquidityLamports = 1,
            GatedPercentage = 0,
            CreatedAt = Start,
            UpdatedAt = Start,
        };

    /// <param name="state">PascalCase.</param>
    public static AgentLifecycleInstance Life(Agent agent, string state, DateTimeOffset? updatedAt = null, string? mint = null) =>
        new()
        {
            CorrelationId = agent.Id,
            CurrentState = state,
            TokenMint = mint,
            CreatedAt = Start,
            UpdatedAt = updatedAt ?? Start,
        };

    public static EncryptedMintKey Mint(Agent agent) =>
        new()
        {
            AgentId = agent.Id,
            Mint = Address(),
            EncryptedPrivateKey = "none",
            CreatedAt = Start,
        };

    public static OnChainTransaction OnChain(
        DepositWallet wallet,
        Guid? transactionId,
        ulong slot,
        string? signature = null,
        Guid[]? tags = null
    ) =>
        new()
        {
            Signature = signature ?? Guid.NewGuid().ToString("n"),
            WalletId = wallet.Id,
            TransactionId = transactionId,
            AttemptNumber = 1,
            PaymentTags = tags,
            Slot = slot,
            FeeLamports = 5_000,
            WireBytes = [3],
            GenesisHash = "genesis",
            RecordedAt = Start,
        };

    public static WalletMovement Movement(
        DepositWallet wallet,
        string signature,
        ulong slot,
        long delta,
        int ordinal = 0,
        string? mint = null,
        int? unparsedByVersion = null
    ) =>
        new()
        {
            WalletId = wallet.Id,
            Signature = signature,
            Ordinal = ordinal,
            Kind = MovementKind.Deposit,
            Mint = mint,
            Delta = delta,
            Slot = slot,
            UnparsedByVersion = unparsedByVersion,
            RecordedAt = Start,
        };

    public static AgentTransition Transition(Agent agent, string happened, Guid? transactionId = null, bool accepted = true) =>
        new()
        {
            AgentId = agent.Id,
            Sequence = 1,
            ToStatus = "FAILED",
            Event = happened,
            Accepted = accepted,
            Actor = "test",
            TransactionId = transactionId,
            OccurredAt = Start,
        };
}
