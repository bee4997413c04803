namespace Clones.Contracts.Pools;

/// <summary>The status of a training pool changed with its funds. Published for other services.</summary>
public sealed record PoolFundsChanged
{
    public required Guid TrainingPoolId { get; init; }

    /// <summary><c>LIVE</c>, <c>PAUSED</c>, <c>NO_FUNDS</c> or <c>NO_GAS</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Finalized balance in lamports, a decimal string.</summary>
    public required string Lamports { get; init; }

    /// <summary>Finalized balance of the pool's token in base units, a decimal string.</summary>
    public required string TokenAmountBaseUnits { get; init; }

    /// <summary>Slot at which the balances were read.</summary>
    public required ulong Slot { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
}
