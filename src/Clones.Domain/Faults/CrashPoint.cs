namespace Clones.Domain.Faults;

/// <summary>
/// Where a process may die with the most to lose. The fault tests, simulated and real, end processes exactly here; each name is a row (or two)
/// of the fault matrix in docs/settlement.md.
/// </summary>
public enum CrashPoint
{
    /// <summary>A payment is accepted and committed; its caller has no answer and nothing was published.</summary>
    PaymentAccepted,

    /// <summary>The transaction's row is locked; nothing is signed.</summary>
    PreparationBegun,

    /// <summary>A signature exists in memory and nowhere else.</summary>
    Signed,

    /// <summary>The attempt is written and not yet committed.</summary>
    AttemptWritten,

    /// <summary>The attempt is committed and was never sent.</summary>
    BeforeSend,

    /// <summary>The nodes have the bytes; the database does not know.</summary>
    AfterSend,

    /// <summary>The nodes' answers are judged; nothing of it is stored.</summary>
    DecisionReached,

    /// <summary>A decision (an expiry proof, an end) is written and not yet committed.</summary>
    DecisionWritten,

    /// <summary>The decision is committed; what acts on it has no message yet.</summary>
    DecisionCommitted,

    /// <summary>The key's new ciphertext is written and not yet committed.</summary>
    KeySwapped,

    /// <summary>The database of a settled transaction are closed and not yet committed.</summary>
    PaymentsClosed,
}
