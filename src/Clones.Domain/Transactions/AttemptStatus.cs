namespace Clones.Domain.Transactions;

/// <summary>Stored and shown in capitals. SUBMITTED, SIGNED, BROADCAST, CONFIRMED and UNRESOLVED are live: the attempt may still land (a PREPARED one may, too, where its owner pays: see <see cref="LiveAttempts.MayLand"/>).</summary>
public enum AttemptStatus
{
    /// <summary>Built for an owner to sign; nobody has handed it in.</summary>
    Prepared,

    /// <summary>The owner's signature is stored; ours follow.</summary>
    Submitted,

    /// <summary>Every signature is there, committed.</summary>
    Signed,
    Broadcast,
    Confirmed,
    Unresolved,
    Finalized,

    /// <summary>Can never land: an expiry proof is stored, or it never got all its signatures.</summary>
    Expired,

    /// <summary>Executed and rejected by the chain, seen at finalized.</summary>
    Failed,

    /// <summary>Prepared, never handed in and of no use without our signatures; replaced by a fresh one or cancelled.</summary>
    Withdrawn,
}
