namespace Clones.Domain.Transactions;

/// <summary>The states of a transaction, as settlement names them; stored and shown in capitals.</summary>
public enum TransactionStatus
{
    /// <summary>Wanted; no attempt is live. An owner-signed transaction waits here for its owner.</summary>
    Accepted,

    /// <summary>The live attempt is signed and committed, and may have been sent.</summary>
    Signed,
    Broadcast,

    /// <summary>Seen at commitment confirmed; may still be rolled back.</summary>
    Confirmed,

    /// <summary>The end: executed.</summary>
    Finalized,

    /// <summary>The last attempt has an expiry proof; the next may be signed.</summary>
    Expired,

    /// <summary>The end: the chain executed and rejected it (seen at finalized), or it was rejected before anything was signed.</summary>
    Failed,

    /// <summary>Evidence is missing or contradictory: no signing, checks go on.</summary>
    Unresolved,

    /// <summary>The end, while no attempt is live: cancelled by its owner, or its payments are in other transactions now.</summary>
    Cancelled,
}
