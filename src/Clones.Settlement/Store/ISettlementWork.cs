using Clones.Domain.Ledger;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Persistence.Transactions;
using Clones.Settlement.Rules;

namespace Clones.Settlement.Store;

/// <summary>
/// One open database transaction. Rows that it hands out are tracked: what is changed in them is written by <see cref="CommitAsync"/>, all or
/// nothing, together with what was published. Disposed without it, nothing has happened.
/// </summary>
public interface ISettlementWork : IAsyncDisposable
{
    /// <summary>Locks a transaction's row until the end and reads it as it is under the lock; null where there is none.</summary>
    Task<ChainTransaction?> LockAsync(Guid transactionId, CancellationToken cancellationToken);

    /// <summary>By number. Where the transaction was handed out before, they are among its attempts from here on.</summary>
    Task<IReadOnlyList<TransactionAttempt>> AttemptsAsync(Guid transactionId, CancellationToken cancellationToken);

    /// <summary>The payments that the transaction carries, in the order in which they stand in its message.</summary>
    Task<IReadOnlyList<Payment>> PaymentsAsync(Guid transactionId, CancellationToken cancellationToken);

    Task<string> WalletAddressAsync(Guid walletId, CancellationToken cancellationToken);

    /// <summary>Locks a wallet's row until the end.</summary>
    Task<DepositWallet> LockWalletAsync(Guid walletId, CancellationToken cancellationToken);

    /// <summary>Those of the transaction that are not released.</summary>
    Task<IReadOnlyList<WalletReservation>> OpenReservationsAsync(Guid transactionId, CancellationToken cancellationToken);

    /// <summary>
    /// Payments that wait for their next attempt and whose message may have been lost (or whose last try could not sign). None of them is due again
    /// for a while, which doubles with each time that nothing came of it, and only so many are in the queue at once: see <see cref="WakeUp"/>.
    /// </summary>
    Task<IReadOnlyList<Guid>> DueForPreparationAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Settled transactions whose reservations are still open: the message that closes them was lost, or has ended in the error queue.
    /// None of them is due again for a while, which doubles each time.
    /// </summary>
    Task<IReadOnlyList<ChainTransaction>> DueForClosingAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Whether anything of this wallet may be signed. Where it may, nobody raises the fence before this database transaction ends: what is signed
    /// in it was signed on this side of the fence.
    /// </summary>
    Task<SigningPermit> AskFenceAsync(Guid walletId, CancellationToken cancellationToken);

    /// <summary>What stands on chain (finalized) under the transactions' names, as far as the wallet's history has been read; the oldest first.</summary>
    Task<IReadOnlyList<OnChainTransaction>> LandingsAsync(
        Guid walletId,
        IReadOnlyCollection<Guid> transactionIds,
        CancellationToken cancellationToken
    );

    /// <summary>Transactions of a wallet that are open in the database and stand on chain with something that is no live attempt of theirs.</summary>
    Task<IReadOnlyList<Guid>> AdoptableAsync(Guid walletId, CancellationToken cancellationToken);

    void Add(TransactionAttempt attempt);

    /// <summary>Sets when the transaction is looked at again, by the clock of the database, and gives its lease back.</summary>
    Task CheckAgainAsync(Guid transactionId, TimeSpan after, CancellationToken cancellationToken);

    /// <summary>Goes out after the commit, at least once.</summary>
    Task PublishAsync(object message, CancellationToken cancellationToken);

    /// <exception cref="Exception">Whether it was committed is then unknown: read back.</exception>
    Task CommitAsync(CancellationToken cancellationToken);
}
