namespace Clones.Contracts.Agents;

/// <summary>The eight states of an agent, by the names that the API, the messages and the database use.</summary>
public static class AgentStatus
{
    public const string Draft = "DRAFT";
    public const string PendingTokenSignature = "PENDING_TOKEN_SIGNATURE";
    public const string TokenCreated = "TOKEN_CREATED";
    public const string PendingPoolSignature = "PENDING_POOL_SIGNATURE";
    public const string Deployed = "DEPLOYED";
    public const string Deactivated = "DEACTIVATED";
    public const string Failed = "FAILED";
    public const string Archived = "ARCHIVED";

    public static IReadOnlyList<string> All { get; } =
    [Draft, PendingTokenSignature, TokenCreated, PendingPoolSignature, Deployed, Deactivated, Failed, Archived];
}
