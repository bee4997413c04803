using Clones.Persistence.Payments;
using Clones.Persistence.Settlement;

namespace Clones.Simulation.Store;

/// <summary>Sees every change of a status as it is committed, and knows which are none.</summary>
internal sealed class TransitionLog
{
    /// <summary>Whether a transaction stands on chain by the ledger: a restored database takes over what it had forgotten.</summary>
    public Func<Guid, bool> StandsOnChain { get; set; } = _ => false;

    /// <summary>
    /// Whether a restored database may have given up what it had forgotten to be signed, while it stands on chain: it is adopted when it is found.
    /// </summary>
    public Func<Guid, bool> WasForgotten { get; set; } = _ => false;

    public List<string> Illegal { get; } = [];

    /// <summary>Every mint whose key was ever committed; a restore does not make it unmade.</summary>
    public List<(Guid AgentId, string Mint)> MintsMade { get; } = [];

    /// <param name="row">As it is committed now.</param>
    /// <param name="before">As it was read.</param>
    /// <param name="after">As it is to be.</param>
    public void Note(object row, object before, object after)
    {
        switch (row, before, after)
        {
            case (ChainTransaction now, ChainTransaction read, ChainTransaction then)
                when read.Status != then.Status
                    && now.Status != then.Status
                    && !IsLegal(now.Kind, now.Status, then.Status)
                    && !(then.Status == TransactionStatus.Finalized && IsWaiting(now.Status) && StandsOnChain(now.Id))
                    && !(now.Status == TransactionStatus.Cancelled && then.Status == TransactionStatus.Finalized && WasForgotten(now.Id)):
                Illegal.Add($"transaction {now.Id}: {now.Status} to {then.Status}");
                break;
            case (TransactionAttempt now, TransactionAttempt read, TransactionAttempt then)
                when read.Status != then.Status
                    && now.Status != then.Status
                    && !now.Status.IsLive()
                    && now.Status != AttemptStatus.Prepared
                    && !(then.Status == AttemptStatus.Finalized && now.Status != AttemptStatus.Failed && WasForgotten(now.TransactionId)):
                Illegal.Add($"attempt {now.Number} of {now.TransactionId}: {now.Status} to {then.Status}");
                break;
            case (Payment now, Payment read, Payment then)
                when read.Status != then.Status
                    && now.Status != then.Status
                    && now.Status is PaymentStatus.Completed or PaymentStatus.Failed:
                Illegal.Add($"payment {now.Id}: {now.Status} to {then.Status}");
                break;
        }
    }

    private static bool IsWaiting(TransactionStatus status) => status is TransactionStatus.Accepted or TransactionStatus.Expired;

    // What has ended stays; a new attempt begins only where none is alive. A deployment waits for its owner, who may give it up, and is adopted
    // where it stands on chain.
    private static bool IsLegal(TransactionKind kind, TransactionStatus from, TransactionStatus to) =>
        from switch
        {
            TransactionStatus.Finalized or TransactionStatus.Failed or TransactionStatus.Cancelled => false,
            TransactionStatus.Accepted or TransactionStatus.Expired when kind != TransactionKind.Payment => to
                is not (TransactionStatus.Confirmed or TransactionStatus.Unresolved),
            TransactionStatus.Accepted or TransactionStatus.Expired => to is TransactionStatus.Signed or TransactionStatus.Failed,
            _ => to is not (TransactionStatus.Accepted or TransactionStatus.Signed or TransactionStatus.Cancelled),
        };
}
