namespace Clones.Domain.Wallets;

/// <summary>A custodial wallet. Its row lock is what reservations and signing of one wallet are serialized by.</summary>
public sealed class DepositWallet
{
    public required Guid Id { get; init; }
    public required Guid TrainingPoolId { get; init; }

    /// <summary>Address, base58.</summary>
    public required string Address { get; init; }

    /// <summary>Set where a wallet is made; never loaded with the wallet.</summary>
    public DepositWalletKey? Key { get; init; }

    /// <summary>
    /// The highest slot at which a transaction of this wallet settled. A balance may be compared with the reservations only when it was
    /// read at this slot or later, or a payment already made would be counted as still there.
    /// </summary>
    public ulong SettledSlot { get; set; }

    /// <summary>When its balance was last read to settle the pool's status, by the clock of the database; null: it is due.</summary>
    public DateTimeOffset? BalanceCheckedAt { get; set; }

    /// <summary>When its history on chain was last read into the ledger, by the clock of the database; null: it is due.</summary>
    public DateTimeOffset? HistoryReadAt { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
}
