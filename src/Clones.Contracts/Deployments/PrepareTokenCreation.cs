namespace Clones.Contracts.Deployments;

/// <summary>Asks Deployments to build (or renew, for the same mint) the token creation that the owner is to sign.</summary>
public sealed record PrepareTokenCreation
{
    public required Guid AgentId { get; init; }
}
