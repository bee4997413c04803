namespace Clones.Domain.Transactions;

/// <summary>The lifecycle's search of the chain, in the database transaction of the event that asks.</summary>
public interface IUnrecordedTokens
{
    /// <summary>
    /// Takes the agent's token over into the database where the finalized chain has it as promised. What is there and is something else is left to
    /// the preparation, which says so.
    /// </summary>
    /// <param name="agentId">Of an agent whose lifecycle row and open transactions the caller has locked.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Null where there is no such token, or no node says.</returns>
    Task<DeploymentMade?> AdoptAsync(Guid agentId, CancellationToken cancellationToken);
}
