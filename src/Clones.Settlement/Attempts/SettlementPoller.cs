using Clones.Contracts.Settlement;
using Clones.Domain;
using Clones.Domain.Transactions;
using Clones.Settlement.Events;
using Clones.Settlement.Store;

namespace Clones.Settlement.Attempts;

/// <summary>One pass over everything that is due: settle, send again, prove expiry, and wake what waits to be prepared.</summary>
internal sealed class SettlementPoller(ISettlementStore store, AttemptCheck check, SettlementOptions options, TimeProvider time)
{
    private const int BatchesPerPass = 8;

    private long? closedAt;

    /// <param name="worker">Who holds the leases.</param>
    /// <param name="cancellationToken">Ends the pass between two steps.</param>
    public async Task RunAsync(string worker, CancellationToken cancellationToken)
    {
        await WakeAsync(cancellationToken);
        if (closedAt is not { } last || time.GetElapsedTime(last) >= 2 * options.UnresolvedEvery)
        {
            await RemindAsync(cancellationToken);
            closedAt = time.GetTimestamp();
        }

        // Bounded, so that a flood in flight cannot keep those that wait to be prepared from being woken.
        for (var batch = 0; batch < BatchesPerPass; batch++)
        {
            var leased = await store.LeaseAsync(worker, cancellationToken);
            if (leased.Count > 0)
            {
                await check.CheckAsync(leased, cancellationToken);
            }
            if (leased.Count < options.BatchMax)
            {
                return;
            }
        }
    }

    private async Task WakeAsync(CancellationToken cancellationToken)
    {
        await using var work = await store.BeginAsync(cancellationToken);
        var due = await work.DueForPreparationAsync(cancellationToken);
        foreach (var group in due.Chunk(PrepareTransactions.Max))
        {
            await work.PublishAsync(new PrepareTransactions { TransactionIds = group }, cancellationToken);
        }
        if (due.Count > 0)
        {
            await work.CommitAsync(cancellationToken);
        }
    }

    // Rare: each of them is in an error queue, or its message died with the broker's disk. Closing twice changes nothing.
    private async Task RemindAsync(CancellationToken cancellationToken)
    {
        await using var work = await store.BeginAsync(cancellationToken);
        var due = await work.DueForClosingAsync(cancellationToken);
        foreach (var transaction in due)
        {
            var attempts = await work.AttemptsAsync(transaction.Id, cancellationToken);
            var last = attempts.FirstOrDefault(a => a.Status is AttemptStatus.Finalized or AttemptStatus.Failed);
            await work.PublishAsync(TransactionEvents.Settled(transaction, last?.Signature, last?.Slot), cancellationToken);
        }
        if (due.Count > 0)
        {
            await work.CommitAsync(cancellationToken);
        }
    }
}
