using Clones.Domain.Transactions;
using Clones.Persistence.Transactions;

namespace Clones.Settlement.Store;

/// <summary>
/// What the algorithm of settlement asks of its database, and nothing else, so that the simulator can put thousands of crashes and races
/// between any two of these calls. Each call here outside <see cref="IDeploymentWork"/> is one statement that commits by itself.
/// </summary>
public interface ISettlementStore
{
    /// <summary>Opens a database transaction (read committed).</summary>
    Task<IDeploymentWork> BeginAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Takes up to a batch of due transactions whose live attempt is fully signed. By leases: several workers share the work without
    /// meeting, and what a dead one held is taken over when its lease ends. All times are the database's.
    /// </summary>
    /// <param name="worker">Who takes them.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IReadOnlyList<LeasedAttempt>> LeaseAsync(string worker, CancellationToken cancellationToken);

    /// <summary>The committed row of an attempt; null where there is none.</summary>
    Task<TransactionAttempt?> FindAttemptAsync(Guid transactionId, int number, CancellationToken cancellationToken);

    /// <summary>Notes one more send of each. Conditional: an attempt that somebody has moved on in between keeps its status.</summary>
    Task MarkSentAsync(IReadOnlyCollection<SentAttempt> sent, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>
    /// Sets when those of the transactions that are still in flight are looked at again, by the clock of the database, and gives their leases back.
    /// What has settled or expired meanwhile has its time from that commit.
    /// </summary>
    Task CheckAgainAsync(IReadOnlyCollection<Guid> transactionIds, TimeSpan after, CancellationToken cancellationToken);
}

public sealed record SentAttempt(Guid TransactionId, int Number);

/// <param name="WalletAddress">Of the deposit wallet that pays, unless the owner does.</param>
public sealed record LeasedAttempt(TransactionAttempt Attempt, string WalletAddress);
