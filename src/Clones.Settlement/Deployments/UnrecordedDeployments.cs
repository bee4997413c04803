using Clones.Domain;
using Clones.Domain.Agents;
using Clones.Domain.Transactions;
using Clones.Persistence.Agents;
using Clones.Settlement.Chain;
using Clones.Settlement.Store;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Deployments;

/// <summary>What an agent's deployment has made on chain without the agent knowing, and how it gets into the database.</summary>
internal sealed class UnrecordedDeployments(
    IDeploymentWork work,
    DeploymentChainReader sight,
    DeploymentAdoption adoption,
    ILogger<UnrecordedDeployments> log
) : IUnrecordedTokens
{
    /// <summary>The next thing that the agent does not have; null where it has all, or can have no more.</summary>
    public static TransactionKind? MissingOf(AgentLifecycleInstance agent) =>
        (agent.TokenMint, agent.LiquidityPoolAddress) switch
        {
            _ when agent.CurrentState == UpperSnakeCase.ToPascalCase(Contracts.Agents.AgentStatus.Archived) => null,
            (null, _) => TransactionKind.TokenCreation,
            (_, null) => TransactionKind.PoolCreation,
            _ => null,
        };

    /// <summary>Looks, and takes over what is final.</summary>
    /// <param name="deployment">Whose.</param>
    /// <param name="kind">What is looked for.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>What to tell the lifecycle; null where nothing is to be told (yet).</returns>
    /// <exception cref="RpcException">No node answered.</exception>
    public async Task<object?> FindAsync(Deployment deployment, TransactionKind kind, CancellationToken cancellationToken)
    {
        var open = await work.LockOpenAsync(deployment.Agent.Id, kind, cancellationToken);
        if (open is not null && DeploymentTransactions.HasLiveAttempt(open))
        {
            // Settlement sees to it; the chain rejects whichever of the two comes second.
            return null;
        }

        switch (await sight.ReadAsync(deployment, kind, open?.Attempts.Max(a => a.Slot), cancellationToken))
        {
            case DeploymentSighting.AsPromised(var address):
                var (id, made) = await adoption.AdoptAsync(deployment, kind, open, address, isAsPromised: true, cancellationToken);
                log.LogWarning(
                    "{Kind} of agent {AgentId} was found on chain and is taken over: {Signature}",
                    kind,
                    deployment.Agent.Id,
                    made.Signature
                );
                return DeploymentSuccess.Of(kind, deployment.Agent.Id, id, made);
            case DeploymentSighting.Different(var address, var reason):
                var (otherId, other) = await adoption.AdoptAsync(deployment, kind, open, address, isAsPromised: false, cancellationToken);
                return DeploymentFailure.Of(deployment.Agent.Id, Deviation(kind, other.Signature, reason), otherId);
            default:
                return null;
        }
    }

    public static string Deviation(TransactionKind kind, string signature, string reason) =>
        $"The transaction {signature} landed and made another {(kind == TransactionKind.TokenCreation ? "token" : "liquidity pool")} than promised: {reason}.";

    async Task<DeploymentMade?> IUnrecordedTokens.AdoptAsync(Guid agentId, CancellationToken cancellationToken)
    {
        try
        {
            if (await work.FindAgentAsync(agentId, cancellationToken) is not { Mint: not null } agent)
            {
                return null;
            }

            var deployment = Deployment.Of(agent);
            var open = await work.LockOpenAsync(agentId, TransactionKind.TokenCreation, cancellationToken);
            if (
                await sight.ReadAsync(deployment, TransactionKind.TokenCreation, null, cancellationToken)
                is not DeploymentSighting.AsPromised
                (var address)
            )
            {
                return null;
            }

            var (_, made) = await adoption.AdoptAsync(
                deployment,
                TransactionKind.TokenCreation,
                open,
                address,
                isAsPromised: true,
                cancellationToken
            );
            return made;
        }
        catch (Exception e) when (e is INodeFailure or DeploymentImpossibleException)
        {
            // The preparation looks again before anything is signed.
            log.LogInformation("Whether agent {AgentId} has a token on chain is not known now: {Reason}", agentId, e.Diagnosis());
            return null;
        }
    }
}
