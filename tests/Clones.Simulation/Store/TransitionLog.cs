using Clones.Domain.Payments;
using Clones.Domain.Transactions;

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
                when read.Status != then.Status && now.Status != then.Status && !IsLegal(now, then.Status):
                Illegal.Add($"transaction {now.Id}: {now.Status} to {then.Status}");
                break;
            case (TransactionAttempt now, TransactionAttempt read, TransactionAttempt then)
                when read.Status != then.Status
                    && !AttemptTransitions.Table.Allows(now.Status, then.Status, WasForgotten(now.TransactionId)):
                Illegal.Add($"attempt {now.Number} of {now.TransactionId}: {now.Status} to {then.Status}");
                break;
            case (Payment now, Payment read, Payment then)
                when read.Status != then.Status && !PaymentTransitions.Table.Allows(now.Status, then.Status):
                Illegal.Add($"payment {now.Id}: {now.Status} to {then.Status}");
                break;
        }
    }

    // A payment that was never signed here is executed only if the ledger shows it.
    private bool IsLegal(ChainTransaction now, TransactionStatus to) =>
        TransactionTransitions.Of(now.Kind).Allows(now.Status, to, WasForgotten(now.Id))
        && !(
            now.Kind == TransactionKind.Payment
            && now.Status is TransactionStatus.Accepted or TransactionStatus.Expired
            && to == TransactionStatus.Finalized
            && !StandsOnChain(now.Id)
        );
}
