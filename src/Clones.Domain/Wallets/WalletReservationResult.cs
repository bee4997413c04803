namespace Clones.Domain.Wallets;

/// <summary>What became of a request to reserve part of a wallet's balance.</summary>
public abstract record WalletReservationResult
{
    private WalletReservationResult() { }

    public sealed record Reserved : WalletReservationResult;

    /// <summary>Lamports; what is needed may exceed a u64.</summary>
    public sealed record MissingLamports(UInt128 Needed, ulong Available) : WalletReservationResult;

    /// <summary>The wallet has settled a transaction after the read: read again at this slot or later.</summary>
    public sealed record BalanceTooOld(ulong MinContextSlot) : WalletReservationResult;
}
