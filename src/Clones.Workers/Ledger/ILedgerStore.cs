using Clones.Persistence.Ledger;

namespace Clones.Workers.Ledger;

/// <summary>What the reading of wallets' histories and the fence ask of the database; each call commits by itself.</summary>
internal interface ILedgerStore
{
    /// <summary>Makes the fence where there is none yet, and reads it.</summary>
    Task<FenceReading> ReadFenceAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="SigningFenceRows.RaiseFenceAsync"/>
    Task<bool> RaiseFenceAsync(string reason, bool held, long? raising, CancellationToken cancellationToken);

    /// <inheritdoc cref="SigningFenceRows.SetFenceHeightAsync"/>
    Task SetFenceHeightAsync(long raising, ulong blockHeight, CancellationToken cancellationToken);

    /// <inheritdoc cref="SigningFenceRows.OpenFenceAsync"/>
    Task<bool> OpenFenceAsync(long raising, CancellationToken cancellationToken);

    /// <inheritdoc cref="SigningFenceRows.ReleaseFenceAsync"/>
    Task ReleaseFenceAsync(CancellationToken cancellationToken);

    /// <param name="only">Null takes every deposit wallet.</param>
    Task<IReadOnlyList<WatchedWallet>> WalletsAsync(IReadOnlyCollection<Guid>? only, CancellationToken cancellationToken);

    /// <summary>Up to which slot the history of an address is stored; null where it was never read.</summary>
    Task<ulong?> ScannedSlotAsync(Guid walletId, string address, CancellationToken cancellationToken);

    /// <summary>Which of the signatures are stored already.</summary>
    Task<IReadOnlySet<string>> KnownAsync(Guid walletId, IReadOnlyList<string> signatures, CancellationToken cancellationToken);

    /// <summary>Transactions of the wallet, with their slots, that were read by a release that knew only lower versions, and could not be read by it.</summary>
    Task<IReadOnlyList<(string Signature, ulong Slot)>> UnparsedAsync(
        Guid walletId,
        int highestVersion,
        CancellationToken cancellationToken
    );

    /// <summary>Stores what is not stored yet, all or nothing.</summary>
    /// <param name="readings">Of one wallet.</param>
    /// <param name="anew">The movements of these transactions take the place of those that are stored: more is known of the wallet than before.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task SaveAsync(IReadOnlyList<WalletReading> readings, bool anew, CancellationToken cancellationToken);

    /// <summary>Notes that everything up to the slot is stored. Never goes back.</summary>
    Task SetScannedSlotAsync(Guid walletId, string address, ulong slot, CancellationToken cancellationToken);
}
