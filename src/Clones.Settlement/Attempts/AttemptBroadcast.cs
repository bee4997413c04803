using Clones.Domain.Faults;
using Clones.Domain.Transactions;
using Clones.Settlement.Store;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Attempts;

/// <summary>
/// Sends the bytes of committed attempts, and only those. Sending is idempotent; every error of it is ambiguous, so none decides anything.
/// </summary>
internal sealed class AttemptBroadcast(
    ISettlementStore store,
    RpcEndpoints rpc,
    ICrashPoints crashes,
    TimeProvider time,
    ILogger<AttemptBroadcast> log
)
{
    /// <param name="attempt">Read from a committed row.</param>
    /// <param name="cancellationToken">Ends the wait; the bytes may be on their way nevertheless.</param>
    public async Task SendAsync(TransactionAttempt attempt, CancellationToken cancellationToken)
    {
        if (attempt.WireBytes is not { } wireBytes || !attempt.Status.IsSendable())
        {
            return;
        }

        await crashes.ReachAsync(CrashPoint.BeforeSend, cancellationToken);
        var results = await rpc.BroadcastAsync(wireBytes, cancellationToken);
        await crashes.ReachAsync(CrashPoint.AfterSend, cancellationToken);
        if (!results.Any(r => r.IsInFlight))
        {
            log.LogWarning(
                "No node took attempt {Attempt} of transaction {TransactionId} ({Signature}): {Reasons}",
                attempt.Number,
                attempt.TransactionId,
                attempt.Signature,
                string.Join(" | ", results.Select(r => r.Error?.Diagnosis))
            );
        }
        await store.MarkSentAsync(attempt.TransactionId, attempt.Number, time.GetUtcNow(), cancellationToken);
    }
}
