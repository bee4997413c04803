using Clones.Contracts.Deployments;
using Clones.Domain.Keys;
using Clones.Domain.Transactions;
using Clones.Settlement.Store;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Deployments;

/// <summary>Gets the token creation of an agent ready for its owner's signature. The mint is the same for ever.</summary>
internal sealed class PrepareTokenCreationHandler(
    IDeploymentWork work,
    IDeploymentKeys keys,
    DeploymentRequestHandler requests,
    WalletBalances balances,
    DeploymentOptions options,
    ILogger<PrepareTokenCreationHandler> log
) : IDeploymentHandler<PrepareTokenCreation>
{
    public async Task HandleAsync(PrepareTokenCreation message, CancellationToken cancellationToken)
    {
        var agentId = message.AgentId;
        try
        {
            await requests.HandleAsync(
                agentId,
                TransactionKind.TokenCreation,
                deployment => HasMintAsync(deployment, cancellationToken),
                (deployment, isPrefunded) => PlanAsync(deployment, isPrefunded, cancellationToken),
                cancellationToken
            );
        }
        catch (KeyUnusableException e)
        {
            // Nothing was prepared. The sweeper asks again, later each time, and so may the owner.
            log.LogError("The token creation of agent {AgentId} waits for a key: {Reason}", agentId, e.Message);
            work.ForgetUnsaved();
            if (await work.LockOpenAsync(agentId, TransactionKind.TokenCreation, cancellationToken) is { } open)
            {
                open.Reason = UnusableKeyText.ForOwners;
                await work.SaveAsync(cancellationToken);
            }
        }
    }

    private async Task<bool> HasMintAsync(Deployment deployment, CancellationToken cancellationToken)
    {
        if (deployment.Mint is not null)
        {
            return true;
        }

        // The key is committed before its address goes anywhere, so what follows happens on a message of its own.
        work.Add(await keys.CreateMintKeyAsync(deployment.Agent.Id, cancellationToken));
        await work.SaveAsync(cancellationToken);
        await work.PublishAsync(new PrepareTokenCreation { AgentId = deployment.Agent.Id }, cancellationToken);
        return false;
    }

    private async Task<DeploymentPlan> PlanAsync(Deployment deployment, bool isPrefunded, CancellationToken cancellationToken)
    {
        var promise = TokenSpec.Of(deployment.Agent, deployment.Mint!.Value, options.MetadataUriOf(deployment.Agent.Id));
        var sizes = TokenCreationPlan.Sizes(promise);
        var mintRent = await balances.RentAsync(sizes.Mint, cancellationToken);
        var holdingRent = await balances.RentAsync(sizes.OwnerAccount, cancellationToken);
        return TokenCreationPlan.Build(deployment.Payer, deployment.Owner, promise, mintRent, holdingRent, isPrefunded);
    }
}
