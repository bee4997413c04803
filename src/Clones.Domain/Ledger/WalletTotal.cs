using System.Numerics;

namespace Clones.Domain.Ledger;

/// <summary>
/// What the movements of one wallet in one currency add up to. The database keeps it by itself, in the commit that adds or removes a movement, so that
/// nobody adds up a long history.
/// </summary>
public sealed class WalletTotal
{
    public required Guid WalletId { get; init; }

    /// <summary>Mint, base58; empty for lamports.</summary>
    public required string Mint { get; init; }

    /// <summary>Base units of the mint, or lamports.</summary>
    public required BigInteger Total { get; init; }
}
