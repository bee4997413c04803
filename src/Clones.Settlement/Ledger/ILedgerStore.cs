using System.Numerics;
using Clones.Persistence.Ledger;

namespace Clones.Settlement.Ledger;

/// <summary>What the reading of wallets' histories and the fence ask of the database; each call commits by itself.</summary>
public interface ILedgerStore
{
    /// <summary>Makes the fence where there is none yet, and reads it.</summary>
    Task<FenceReading> ReadFenceAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="SigningFenceRows.RaiseFenceAsync"/>
    Task<bool> RaiseFenceAsync(string reason, bool held, long? raising, CancellationToken cancellationToken);

    /// <inheritdoc cref="SigningFenceRows.SetFenceHeightAsync"/>
    Task SetFenceHeightAsync(long raising, ulong blockHeight, CancellationToken cancellationToken);

    /// <inheritdoc cref="SigningFenceRows.OpenFenceAsync"/>
    Task<bool> OpenFenceAsync(FenceReading raised, CancellationToken cancellationToken);

    /// <inheritdoc cref="SigningFenceRows.ReleaseFenceAsync"/>
    Task ReleaseFenceAsync(CancellationToken cancellationToken);

    /// <param name="only">Null takes every deposit wallet.</param>
    Task<IReadOnlyList<WatchedWallet>> WalletsAsync(IReadOnlyCollection<Guid>? only, CancellationToken cancellationToken);

    /// <summary>Deposit wallets that this raising of the fence holds back, with what is known of the reason.</summary>
    Task<IReadOnlyList<FencedWallet>> FencedAsync(long raising, CancellationToken cancellationToken);

    /// <summary>What the movements of a wallet add up to, up to and with each of the slots.</summary>
    /// <returns>By slot and mint, lamports under the empty string; what was never moved is left out.</returns>
    Task<IReadOnlyDictionary<(ulong Slot, string Mint), BigInteger>> SumsAsync(
        Guid walletId,
        IReadOnlyCollection<ulong> slots,
        CancellationToken cancellationToken
    );

    /// <summary>Stores what a comparison found, and leaves the fence before the wallet as it is.</summary>
    /// <param name="difference">For operators; null where there is none.</param>
    Task SaveComparisonAsync(Guid walletId, string? difference, CancellationToken cancellationToken);

    /// <summary>Lets one wallet through the fence, if that is still the raising that was looked into.</summary>
    /// <param name="acceptedReason">Of the operator who accepts the difference; null where there is none.</param>
    /// <param name="difference">That is known and accepted; null where there is none.</param>
    /// <returns>Whether it is let through now.</returns>
    Task<bool> LetThroughAsync(
        Guid walletId,
        FenceReading raised,
        string? acceptedReason,
        string? difference,
        CancellationToken cancellationToken
    );

    /// <summary>Up to which slot the history of each address of the wallet is stored; those that were never read are left out.</summary>
    Task<IReadOnlyDictionary<string, ulong>> ScannedSlotsAsync(Guid walletId, CancellationToken cancellationToken);

    /// <summary>Which of the signatures are stored already.</summary>
    /// <param name="parsedOnly">Leaves out those that could not be read: more may be known of them by now.</param>
    Task<IReadOnlySet<string>> KnownAsync(
        Guid walletId,
        IReadOnlyList<string> signatures,
        bool parsedOnly,
        CancellationToken cancellationToken
    );

    /// <summary>Whether lamports or tokens left the wallet in a transaction that could not be read.</summary>
    Task<bool> HasUnparsedSpendingAsync(Guid walletId, CancellationToken cancellationToken);

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

    /// <summary>Notes that everything up to the slot is stored, or with 0 that the addresses are read now. Never goes back.</summary>
    Task SetScannedSlotAsync(Guid walletId, IReadOnlyCollection<string> addresses, ulong slot, CancellationToken cancellationToken);
}

/// <param name="Reason">Why it is still held back, for operators; null where it was not compared yet.</param>
public sealed record FencedWallet(Guid Id, string Address, string? Reason);
