using Clones.Persistence;
using Clones.Persistence.Settlement;
using Clones.Solana.Rpc;
using Microsoft.EntityFrameworkCore;
using TransactionStatus = Clones.Persistence.Settlement.TransactionStatus;

namespace Clones.Workers.Settlement;

/// <summary>
/// Sends the bytes of committed attempts, and only those. Sending is idempotent; every error of it is ambiguous, so none decides anything.
/// </summary>
internal sealed class AttemptBroadcast(ClonesDbContext db, RpcEndpoints rpc, TimeProvider time, ILogger<AttemptBroadcast> log)
{
    /// <param name="attempt">Read from a committed row.</param>
    /// <param name="cancellationToken">Ends the wait; the bytes may be on their way nevertheless.</param>
    public async Task SendAsync(TransactionAttempt attempt, CancellationToken cancellationToken)
    {
        if (
            attempt.WireBytes is not { } wireBytes
            || attempt.Status
                is not (AttemptStatus.Signed or AttemptStatus.Broadcast or AttemptStatus.Unresolved or AttemptStatus.Confirmed)
        )
        {
            return;
        }

        var results = await rpc.BroadcastAsync(wireBytes, cancellationToken);
        var taken = results.Count(r => r.IsInFlight);
        if (taken == 0)
        {
            log.LogWarning(
                "No node took attempt {Attempt} of transaction {TransactionId} ({Signature}): {Reasons}",
                attempt.Number,
                attempt.TransactionId,
                attempt.Signature,
                string.Join(" | ", results.Select(r => r.Error?.Message))
            );
        }

        // Conditional updates: whoever has settled it in between is not overwritten.
        var now = time.GetUtcNow();
        await db
            .TransactionAttempts.Where(a => a.TransactionId == attempt.TransactionId && a.Number == attempt.Number)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(a => a.SendCount, a => a.SendCount + 1)
                        .SetProperty(a => a.LastSentAt, now)
                        .SetProperty(a => a.Status, a => a.Status == AttemptStatus.Signed ? AttemptStatus.Broadcast : a.Status),
                cancellationToken
            );
        if (attempt.Status == AttemptStatus.Signed)
        {
            await db
                .Transactions.Where(t => t.Id == attempt.TransactionId && t.Status == TransactionStatus.Signed)
                .ExecuteUpdateAsync(set => set.SetProperty(t => t.Status, TransactionStatus.Broadcast), cancellationToken);
        }
    }
}
