namespace Clones.Domain.Ledger;

/// <summary>How far the history of one address of a deposit wallet (its own, or a token account) has been read.</summary>
public sealed class WalletScan
{
    public required Guid WalletId { get; init; }

    /// <summary>Base58.</summary>
    public required string Address { get; init; }

    /// <summary>Everything finalized up to this slot is stored, by the word of as many nodes as are believed.</summary>
    public required ulong Slot { get; set; }
    public required DateTimeOffset ReadAt { get; set; }
}
