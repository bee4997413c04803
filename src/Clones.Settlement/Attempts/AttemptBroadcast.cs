using Clones.Domain.Faults;
using Clones.Domain.Transactions;
using Clones.Settlement.Chain;
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
    /// <param name="attempts">Read from committed rows.</param>
    /// <param name="cancellationToken">Ends the wait; the bytes may be on their way nevertheless.</param>
    public async Task SendAsync(IEnumerable<TransactionAttempt> attempts, CancellationToken cancellationToken)
    {
        List<TransactionAttempt> sendable = [.. attempts.Where(a => a.WireBytes is not null && a.Status.IsSendable())];
        if (sendable.Count == 0)
        {
            return;
        }
        await Lanes.RunAsync(sendable, attempt => SendAsync(attempt, cancellationToken));
        await store.MarkSentAsync(
            sendable.ConvertAll(a => new SentAttempt(a.TransactionId, a.Number)),
            time.GetUtcNow(),
            cancellationToken
        );
    }

    private async Task SendAsync(TransactionAttempt attempt, CancellationToken cancellationToken)
    {
        await crashes.ReachAsync(CrashPoint.BeforeSend, cancellationToken);
        var results = await rpc.BroadcastAsync(attempt.WireBytes!, cancellationToken);
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
    }
}
