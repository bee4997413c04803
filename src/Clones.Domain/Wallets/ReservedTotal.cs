using System.Numerics;

namespace Clones.Domain.Wallets;

/// <summary>
/// What all open reservations of one wallet in one currency add up to (<see cref="WalletReservation"/>). The database keeps it by itself, in the
/// commit that reserves or gives back.
/// </summary>
public sealed class ReservedTotal
{
    public required Guid WalletId { get; init; }

    /// <summary>Mint, base58; empty for lamports.</summary>
    public required string Mint { get; init; }

    /// <summary>Base units of the mint, or lamports; 0 where nothing is reserved any more.</summary>
    public required BigInteger Total { get; init; }
}
