using Clones.Contracts.Agents;
using Clones.Contracts.Deployments;
using Clones.Domain.Keys;
using Clones.Domain.Transactions;
using Clones.Settlement.Store;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using MassTransit;
using Microsoft.Extensions.Options;
using TransactionStatus = Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Settlement.Deployments;

/// <summary>
/// Gets the token creation of an agent ready for its owner's signature. Any number of times: what is good is kept, what may land is left
/// alone, what is on chain is adopted, and the mint is the same for ever.
/// </summary>
internal sealed class PrepareTokenCreationConsumer(
    IDeploymentWork work,
    IDeploymentKeys keys,
    DeploymentTransactions transactions,
    DeploymentPreparation preparation,
    DeploymentAdoption adoption,
    DeploymentChainReader sight,
    OwnerHeldAttempts held,
    WalletBalances balances,
    RpcEndpoints rpc,
    IOptions<DeploymentOptions> options,
    ILogger<PrepareTokenCreationConsumer> log
) : IConsumer<PrepareTokenCreation>
{
    public async Task Consume(ConsumeContext<PrepareTokenCreation> context)
    {
        var agentId = context.Message.AgentId;
        try
        {
            if (await work.LockAgentAsync(agentId, AgentStatus.PendingTokenSignature, context.CancellationToken) is var (agent, _))
            {
                await PrepareAsync(context, Deployment.Of(agent));
            }
        }
        catch (DeploymentImpossibleException impossible)
        {
            await context.Publish(DeploymentFailure.Of(agentId, impossible.Message, null));
        }
        catch (KeyUnusableException e)
        {
            // Nothing was prepared. The sweeper asks again, later each time, and so may the owner.
            log.LogError("The token creation of agent {AgentId} waits for a key: {Reason}", agentId, e.Message);
            work.ForgetUnsaved();
            if (await work.LockOpenAsync(agentId, TransactionKind.TokenCreation, context.CancellationToken) is { } open)
            {
                open.Reason = UnusableKeyText.ForOwners;
                await work.SaveAsync(context.CancellationToken);
            }
        }
    }

    private async Task PrepareAsync(ConsumeContext<PrepareTokenCreation> context, Deployment deployment)
    {
        var cancellation = context.CancellationToken;
        if (deployment.Mint is not { } mint)
        {
            // The key is committed before its address goes anywhere, so what follows happens on a message of its own.
            work.Add(await keys.CreateMintKeyAsync(deployment.Agent.Id, cancellation));
            await work.SaveAsync(cancellation);
            await context.Publish(new PrepareTokenCreation { AgentId = deployment.Agent.Id });
            return;
        }

        var open = await work.LockOpenAsync(deployment.Agent.Id, TransactionKind.TokenCreation, cancellation);
        if (open is not null && DeploymentTransactions.HasLiveAttempt(open))
        {
            return;
        }

        var promise = TokenSpec.Of(deployment.Agent, mint, options.Value.MetadataUriOf(deployment.Agent.Id));
        // A node that has not seen the slots in which earlier attempts may have landed knows nothing of them.
        var account = await ReadMintAsync(mint, open?.Attempts.Max(a => a.Slot), Commitment.Finalized, cancellation);
        if (account is not null && account.Owner != SystemProgram.Id)
        {
            await AdoptAsync(context, deployment, open, promise, account);
        }
        else if (open?.Status == TransactionStatus.Finalized)
        {
            // A mint is for ever: the node that shows none may know nothing, or lie. The sweeper asks again.
            var at = open.Attempts.Find(a => a.Status == AttemptStatus.Finalized);
            if (await sight.IsNowhereAsync(deployment, TransactionKind.TokenCreation, at?.Slot, cancellation))
            {
                var reason = $"The token creation landed ({at?.Signature ?? "see its transaction"}) and made no token {mint}.";
                await context.Publish(DeploymentFailure.Of(deployment.Agent.Id, reason, open.Id));
            }
        }
        else if (account is null && await ReadMintAsync(mint, null, Commitment.Confirmed, cancellation) is not null)
        {
            // Seen, and not final: whether it is there for good shows in a moment, and nothing is prepared beside it. The sweeper asks again.
        }
        else if (open is null || (!await transactions.IsPreparedAndGoodAsync(open, cancellation) && await IsFreeAsync(context, open)))
        {
            var plan = await PlanAsync(deployment, promise, isPrefunded: account is not null, cancellation);
            var result = await preparation.PrepareAsync(deployment, TransactionKind.TokenCreation, open, plan, cancellation);
            if (result.Impossible is { } reason)
            {
                await context.Publish(DeploymentFailure.Of(deployment.Agent.Id, reason, result.TransactionId));
            }
        }
    }

    /// <summary>Whether another attempt may take the place of what there is: nothing is in the hands of an owner who pays, or that is dead.</summary>
    private async Task<bool> IsFreeAsync(ConsumeContext context, ChainTransaction open) =>
        await held.SettleAsync(context, open) is null or OwnerHeldAttempt.Dead;

    private async Task<AccountInfo?> ReadMintAsync(
        PublicKey mint,
        ulong? minContextSlot,
        Commitment commitment,
        CancellationToken cancellationToken
    )
    {
        var answer = await rpc.ReadAsync(
            (client, stop) => client.GetAccountInfoAsync(mint, commitment, minContextSlot, stop),
            cancellationToken
        );
        return answer.Value;
    }

    private async Task AdoptAsync(
        ConsumeContext<PrepareTokenCreation> context,
        Deployment deployment,
        ChainTransaction? open,
        TokenSpec promise,
        AccountInfo account
    )
    {
        if (promise.Deviation(account) is { } deviation)
        {
            var reason = $"The token on chain is not the one that was promised: {deviation}.";
            await held.GiveUpAsync(open, reason, context.CancellationToken);
            await context.Publish(DeploymentFailure.Of(deployment.Agent.Id, reason, open?.Id));
            return;
        }

        var (transactionId, made) = await adoption.AdoptAsync(
            deployment,
            TransactionKind.TokenCreation,
            open,
            promise.Mint,
            isAsPromised: true,
            context.CancellationToken
        );
        await context.Publish(DeploymentSuccess.Of(TransactionKind.TokenCreation, deployment.Agent.Id, transactionId, made));
    }

    private async Task<DeploymentPlan> PlanAsync(
        Deployment deployment,
        TokenSpec promise,
        bool isPrefunded,
        CancellationToken cancellationToken
    )
    {
        var sizes = TokenCreationPlan.Sizes(promise);
        var mintRent = await balances.RentAsync(sizes.Mint, cancellationToken);
        var holdingRent = await balances.RentAsync(sizes.OwnerAccount, cancellationToken);
        return TokenCreationPlan.Build(deployment.Payer, deployment.Owner, promise, mintRent, holdingRent, isPrefunded);
    }
}
