namespace Clones.Contracts.Agents;

/// <summary>The nine events of the lifecycle, by the names that the specification, the history and the API use.</summary>
public static class AgentEvent
{
    public const string InitiateDeployment = "INITIATE_DEPLOYMENT";
    public const string TokenCreationSuccess = "TOKEN_CREATION_SUCCESS";
    public const string InitiatePoolCreation = "INITIATE_POOL_CREATION";
    public const string PoolCreationSuccess = "POOL_CREATION_SUCCESS";
    public const string Deactivate = "DEACTIVATE";
    public const string Archive = "ARCHIVE";
    public const string Fail = "FAIL";
    public const string Cancel = "CANCEL";
    public const string Retry = "RETRY";

    public static IReadOnlyList<string> All { get; } =
    [InitiateDeployment, TokenCreationSuccess, InitiatePoolCreation, PoolCreationSuccess, Deactivate, Archive, Fail, Cancel, Retry];
}
