namespace Clones.Domain.Pools;

/// <summary>Stored and shown as LIVE, PAUSED, NO_FUNDS, NO_GAS.</summary>
public enum TrainingPoolStatus
{
    /// <summary>No tokens to pay one reward with; also where a new pool starts.</summary>
    NoFunds,

    /// <summary>Tokens are there, lamports for the fee of one payment are not.</summary>
    NoGas,
    Live,

    /// <summary>By the owner: rewards wait.</summary>
    Paused,
}
