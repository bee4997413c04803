using System.Text.Json.Serialization;

namespace Clones.Demo;

internal sealed record PoolView(
    Guid Id,
    string Name,
    string TokenSymbol,
    string? Mint,
    int Decimals,
    string PricePerDemo,
    string Status,
    string? DepositAddress
);

internal sealed record TokenOnChain(string Mint, string Signature, ulong Slot);

internal sealed record LiquidityPoolOnChain(string Address, string Signature, ulong Slot);

internal sealed record AgentView(
    Guid Id,
    string Status,
    string? LastError,
    string MinimumLiquidity,
    TokenOnChain? Token,
    LiquidityPoolOnChain? LiquidityPool
);

internal sealed record OwnerTransactionView(
    Guid? TransactionId,
    string Kind,
    string Status,
    string? AttemptStatus,
    string? Transaction,
    string? Signature,
    ulong? Slot,
    string? Reason
);

internal sealed record PaymentView(
    Guid Id,
    string Kind,
    string Recipient,
    string TokenSymbol,
    string? Mint,
    string Amount,
    string AmountBaseUnits,
    string Status,
    string? Reference,
    string? Reason,
    Guid? TransactionId,
    string? Signature,
    ulong? Slot
)
{
    [JsonIgnore]
    public ulong BaseUnits => ulong.Parse(AmountBaseUnits);
}

internal sealed record TransitionView(
    long Sequence,
    string? From,
    string To,
    string Event,
    bool Accepted,
    string Actor,
    string? Reason,
    DateTimeOffset OccurredAt
);

internal sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);

internal sealed record Problem(
    string? Title,
    int Status,
    string? Detail,
    string? Code,
    string? CurrentStatus,
    IReadOnlyList<string>? PermittedEvents
);
