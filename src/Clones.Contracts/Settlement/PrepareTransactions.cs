namespace Clones.Contracts.Settlement;

/// <summary>
/// Transactions of payments are accepted: build, simulate, sign and persist the next attempt of each, together. Handling it twice is harmless,
/// and what is to be prepared is found again should it be lost.
/// </summary>
public sealed record PrepareTransactions
{
    /// <summary>At most so many are named in one message: they are signed in one commit.</summary>
    public const int Max = 64;

    public required IReadOnlyList<Guid> TransactionIds { get; init; }
}
