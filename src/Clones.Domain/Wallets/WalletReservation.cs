namespace Clones.Domain.Wallets;

/// <summary>Part of a wallet's balance that a transaction not yet settled may use. Available = finalized balance - these - rent floor.</summary>
public sealed class WalletReservation
{
    public required Guid Id { get; init; }
    public required Guid WalletId { get; init; }
    public required Guid TransactionId { get; init; }

    /// <summary>Mint, base58; null for lamports.</summary>
    public string? Mint { get; init; }

    /// <summary>Base units of the mint, or lamports (amount, fee ceiling and rent of accounts together).</summary>
    public required ulong Amount { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ReleasedAt { get; set; }
}
