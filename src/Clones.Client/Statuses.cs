namespace Clones.Client;

/// <summary>Of an agent. Text and no enumeration, so that a status which the API learns later can still be read.</summary>
public static class AgentStatuses
{
    public const string Draft = "DRAFT";
    public const string PendingTokenSignature = "PENDING_TOKEN_SIGNATURE";
    public const string TokenCreated = "TOKEN_CREATED";
    public const string PendingPoolSignature = "PENDING_POOL_SIGNATURE";
    public const string Deployed = "DEPLOYED";
    public const string Deactivated = "DEACTIVATED";
    public const string Archived = "ARCHIVED";
    public const string Failed = "FAILED";
}

/// <summary>Of a payment.</summary>
public static class PaymentStatuses
{
    public const string WaitingForFunds = "WAITING_FOR_FUNDS";
    public const string Accepted = "ACCEPTED";
    public const string Submitted = "SUBMITTED";
    public const string Confirmed = "CONFIRMED";

    /// <summary>Finalized on chain: one of the two ends.</summary>
    public const string Completed = "COMPLETED";

    /// <summary>Not paid, and never will be: the other end.</summary>
    public const string Failed = "FAILED";

    /// <summary>Evidence is missing; nothing is signed until there is some. No end, and no reason to pay again.</summary>
    public const string Unresolved = "UNRESOLVED";
}

/// <summary>Of an operation.</summary>
public static class OperationStatuses
{
    public const string Pending = "PENDING";
    public const string Succeeded = "SUCCEEDED";

    /// <summary>Not valid now; nothing was changed.</summary>
    public const string Refused = "REFUSED";
    public const string Failed = "FAILED";
}

/// <summary>The <c>kind</c> of <see cref="ClonesClient.GetOwnerTransactionAsync"/> and <see cref="ClonesClient.SubmitOwnerTransactionAsync"/>.</summary>
public static class OwnerTransactionKinds
{
    public const string TokenCreation = "token-creation";
    public const string PoolCreation = "pool-creation";
}
