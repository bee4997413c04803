using Clones.Persistence.Payments;
using Clones.Persistence.Settlement;

namespace Clones.Simulation.Store;

/// <summary>Sees every change of a status as it is committed, and knows which are none.</summary>
internal sealed class TransitionLog
{
    public List<string> Illegal { get; } = [];

    /// <param name="row">As it is committed now.</param>
    /// <param name="before">As it was read.</param>
    /// <param name="after">As it is to be.</param>
    public void Note(object row, object before, object after)
    {
        switch (row, before, after)
        {
            case (ChainTransaction now, ChainTransaction read, ChainTransaction then)
                when read.Status != then.Status && now.Status != then.Status && !IsLegal(now.Status, then.Status):
                Illegal.Add($"transaction {now.Id}: {now.Status} to {then.Status}");
                break;
            case (TransactionAttempt now, TransactionAttempt read, TransactionAttempt then)
                when read.Status != then.Status && now.Status != then.Status && !now.Status.IsLive():
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

    // What has ended stays; a new attempt begins only where none is alive.
    private static bool IsLegal(TransactionStatus from, TransactionStatus to) =>
        from switch
        {
            TransactionStatus.Finalized or TransactionStatus.Failed or TransactionStatus.Cancelled => false,
            TransactionStatus.Accepted or TransactionStatus.Expired => to is TransactionStatus.Signed or TransactionStatus.Failed,
            _ => to is not (TransactionStatus.Accepted or TransactionStatus.Signed or TransactionStatus.Cancelled),
        };
}
