using Clones.Domain.Keys;
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
    /// <summary>
    /// Locks the rows of transactions until the end, in the order of their ids, and reads them as they are under the locks. Those that do not exist
    /// are missing from the answer. Who locks wallets as well locks them after the transactions.
    /// </summary>
    Task<IReadOnlyList<ChainTransaction>> LockAsync(IReadOnlyCollection<Guid> transactionIds, CancellationToken cancellationToken);

    /// <summary>By number. Where a transaction was handed out before, they are among its attempts from here on.</summary>
    Task<IReadOnlyList<TransactionAttempt>> AttemptsAsync(IReadOnlyCollection<Guid> transactionIds, CancellationToken cancellationToken);

    /// <summary>The payments that the transactions carry, those of each in the order in which they stand in its message.</summary>
    Task<IReadOnlyList<Payment>> PaymentsAsync(IReadOnlyCollection<Guid> transactionIds, CancellationToken cancellationToken);

    /// <summary>By the wallets' ids, all of which exist.</summary>
    Task<IReadOnlyDictionary<Guid, string>> WalletAddressesAsync(IReadOnlyCollection<Guid> walletIds, CancellationToken cancellationToken);

    /// <summary>Locks the rows of wallets until the end, in the order of their ids.</summary>
    /// <exception cref="InvalidOperationException">One of them does not exist.</exception>
    Task<IReadOnlyList<DepositWallet>> LockWalletsAsync(IReadOnlyCollection<Guid> walletIds, CancellationToken cancellationToken);

    /// <summary>Those of the transactions that are not released.</summary>
    Task<IReadOnlyList<WalletReservation>> OpenReservationsAsync(
        IReadOnlyCollection<Guid> transactionIds,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Payments that wait for their next attempt and whose message may have been lost (or whose last try could not sign). None of them is due again
    /// for a while, which doubles with each time that nothing came of it, and only so many are in the queue at once: see <see cref="WakeUp"/>.
    /// </summary>
    Task<IReadOnlyList<Guid>> DueForPreparationAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Whether anything of these wallets may be signed. Where it may, nobody raises the fence before this database transaction ends: what is signed
    /// in it was signed on this side of the fence.
    /// </summary>
    Task<IReadOnlyDictionary<Guid, SigningPermit>> AskFenceAsync(IReadOnlyCollection<Guid> walletIds, CancellationToken cancellationToken);

    /// <summary>Opens keys: an opening is told in this commit.</summary>
    IWalletKeys Keys { get; }

    /// <summary>What stands on chain (finalized) and names any of these, as far as the wallets' histories have been read; the oldest first.</summary>
    /// <param name="walletIds">That paid.</param>
    /// <param name="names">Ids of transactions, or tags of payments (<see cref="Payment.Tag"/>).</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IReadOnlyList<OnChainTransaction>> OnChainTransactionsAsync(
        IReadOnlyCollection<Guid> walletIds,
        IReadOnlyCollection<Guid> names,
        CancellationToken cancellationToken
    );

    /// <summary>Transactions of a wallet that are open in the database and stand on chain with something that is no live attempt of theirs.</summary>
    Task<IReadOnlyList<Guid>> AdoptableAsync(Guid walletId, CancellationToken cancellationToken);

    void Add(ChainTransaction transaction);

    void Add(TransactionAttempt attempt);

    void Add(WalletReservation reservation);

    /// <summary>Writes what was changed so far: only then do this transaction's own questions see it, and nobody else does before the commit.</summary>
    Task SaveAsync(CancellationToken cancellationToken);

    /// <summary>Sets when the transactions are looked at again, by the clock of the database, and gives their leases back.</summary>
    Task CheckAgainAsync(IReadOnlyCollection<Guid> transactionIds, TimeSpan after, CancellationToken cancellationToken);

    /// <summary>Goes out after the commit, at least once.</summary>
    Task PublishAsync(object message, CancellationToken cancellationToken);

    /// <exception cref="Exception">Whether it was committed is then unknown: read back.</exception>
    Task CommitAsync(CancellationToken cancellationToken);
}
