namespace Clones.Domain.Ledger;

/// <summary>The last comparison of a deposit wallet's movements with its balance on chain.</summary>
public sealed class WalletComparison
{
    public required Guid WalletId { get; init; }

    /// <summary>
    /// The raising of the signing fence (<see cref="SigningFence.Raising"/>) after which the movements added up, or after which an operator let
    /// the wallet sign: from then on the fence no longer holds this wallet back. Null before the first.
    /// </summary>
    public long? Raising { get; set; }

    /// <summary>What differs, or why it could not be compared, for operators; null where the movements add up to the balance.</summary>
    public string? Difference { get; set; }

    /// <summary>Why an operator let the wallet through in spite of a difference; null where nobody did.</summary>
    public string? AcceptedReason { get; set; }
    public required DateTimeOffset ComparedAt { get; set; }
}
