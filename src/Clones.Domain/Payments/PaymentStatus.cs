namespace Clones.Domain.Payments;

/// <summary>Stored and shown as WAITING_FOR_FUNDS, ACCEPTED, SUBMITTED, CONFIRMED, COMPLETED, FAILED, UNRESOLVED.</summary>
public enum PaymentStatus
{
    /// <summary>Stored, nothing reserved; goes on when the wallet can pay it.</summary>
    WaitingForFunds,

    /// <summary>Reserved; its transaction is not yet sent.</summary>
    Accepted,

    /// <summary>An attempt is signed and may be on its way.</summary>
    Submitted,

    /// <summary>Seen at commitment confirmed: progress, not the end.</summary>
    Confirmed,

    /// <summary>Finalized on chain.</summary>
    Completed,
    Failed,

    /// <summary>Evidence is missing or contradictory; checks go on, nothing is signed.</summary>
    Unresolved,
}
