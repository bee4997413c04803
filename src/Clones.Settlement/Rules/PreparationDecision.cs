using Clones.Domain.Transactions;

namespace Clones.Settlement.Rules;

/// <summary>What may be done with a transaction that somebody asks to prepare. Pure; the fence of signing reads here.</summary>
public abstract record PreparationDecision
{
    private PreparationDecision() { }

    /// <summary>Nothing is live and nothing has landed: attempt n may be signed.</summary>
    public sealed record Sign(int Number) : PreparationDecision;

    /// <summary>An attempt is signed already: its bytes are sent, no others.</summary>
    public sealed record Reuse(int Number) : PreparationDecision;

    public sealed record Nothing(string Reason) : PreparationDecision;

    public static PreparationDecision Decide(TransactionKind kind, TransactionStatus status, IReadOnlyList<TransactionAttempt> attempts)
    {
        if (kind != TransactionKind.Payment)
        {
            return new Nothing("The owner signs it.");
        }
        if (attempts.FirstOrDefault(a => a.Status.IsLive()) is { } live)
        {
            return live.WireBytes is not null && live.Status is AttemptStatus.Signed or AttemptStatus.Broadcast
                ? new Reuse(live.Number)
                : new Nothing($"Attempt {live.Number} is {live.Status} and may still land.");
        }
        if (status is not (TransactionStatus.Accepted or TransactionStatus.Expired))
        {
            return new Nothing($"It is {status}.");
        }

        // Nothing but a stored expiry proof lets the next attempt be signed.
        return attempts.FirstOrDefault(a => a.Status != AttemptStatus.Expired || a.Evidence is null) is { } open
            ? new Nothing($"Attempt {open.Number} is {open.Status} without an expiry proof.")
            : new Sign(attempts.Select(a => a.Number).DefaultIfEmpty(0).Max() + 1);
    }
}
