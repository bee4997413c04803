namespace Clones.Contracts.Deployments;

/// <summary>Asks Deployments to build (or renew) the creation of the liquidity pool that the owner is to sign.</summary>
public sealed record PreparePoolCreation
{
    public required Guid AgentId { get; init; }
}
