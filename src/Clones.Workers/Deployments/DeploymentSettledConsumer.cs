using Clones.Contracts.Settlement;
using Clones.Persistence;
using Clones.Persistence.Faults;
using Clones.Persistence.Settlement;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using Clones.Workers.Deployments.Venues;
using MassTransit;
using Microsoft.Extensions.Options;
using TransactionStatus = Clones.Persistence.Settlement.TransactionStatus;

namespace Clones.Workers.Deployments;

/// <summary>
/// A transaction of a deployment came to its end: reads from the finalized chain what it made, and tells the lifecycle that, whatever the
/// transaction was meant to do.
/// </summary>
internal sealed class DeploymentSettledConsumer(
    ClonesDbContext db,
    DeploymentReader deployments,
    DeploymentTransactions transactions,
    LiquidityVenueSelector venues,
    RpcEndpoints rpc,
    ICrashPoints crashes,
    IOptions<DeploymentOptions> options
) : IConsumer<TransactionSettled>
{
    public async Task Consume(ConsumeContext<TransactionSettled> context)
    {
        var settled = context.Message;
        var transaction = await transactions.LockAsync(settled.TransactionId, context.CancellationToken);
        if (transaction?.AgentId is not { } agentId || transaction.Kind == TransactionKind.Payment)
        {
            return;
        }

        await transactions.ReleaseAsync(transaction, settled.Slot, context.CancellationToken);
        await db.SaveChangesAsync(context.CancellationToken);
        await context.Publish(await OutcomeAsync(settled, transaction, agentId, context.CancellationToken));
        await crashes.ReachAsync(CrashPoint.BooksClosed, context.CancellationToken);
    }

    private async Task<object> OutcomeAsync(
        TransactionSettled settled,
        ChainTransaction transaction,
        Guid agentId,
        CancellationToken cancellationToken
    )
    {
        // The stored status decides; a message that says otherwise is not believed.
        if (
            transaction.Status != TransactionStatus.Finalized
            || settled.Signature is not { } signature
            || settled.Slot is not { } slot
            || await deployments.FindAsync(agentId, cancellationToken) is not { } deployment
        )
        {
            var reason = settled.FailureReason ?? transaction.Reason ?? "The transaction failed.";
            return DeploymentFailure.Of(agentId, reason, transaction.Id);
        }

        var landing = new Landing(Signature.Parse(signature), slot, settled.BlockTime);
        try
        {
            return transaction.Kind == TransactionKind.TokenCreation
                ? await TokenAsync(deployment, transaction.Id, landing, cancellationToken)
                : await PoolAsync(deployment, transaction.Id, landing, cancellationToken);
        }
        catch (DeploymentImpossibleException impossible)
        {
            return DeploymentFailure.Of(agentId, impossible.Message, transaction.Id);
        }
    }

    private async Task<object> TokenAsync(Deployment deployment, Guid transactionId, Landing landing, CancellationToken cancellationToken)
    {
        var mint = deployment.Mint ?? throw new DeploymentImpossibleException("The agent has no mint.");
        var promise = TokenPromise.Of(deployment.Agent, mint, options.Value.MetadataUriOf(deployment.Agent.Id));
        var account = await rpc.ReadAsync(
            (client, stop) => client.GetAccountInfoAsync(mint, Commitment.Finalized, landing.Slot, stop),
            cancellationToken
        );
        var deviation = account.Value is { } found ? promise.Deviation(found) : $"there is no account {mint}";
        return deviation is null
            ? DeploymentSuccess.OfToken(deployment.Agent.Id, mint, transactionId, landing)
            : DeploymentFailure.Of(
                deployment.Agent.Id,
                $"The transaction {landing.Signature} landed and made another token than promised: {deviation}.",
                transactionId
            );
    }

    private async Task<object> PoolAsync(Deployment deployment, Guid transactionId, Landing landing, CancellationToken cancellationToken)
    {
        var venue = await venues.SelectAsync(cancellationToken);
        var wish = LiquidityPoolWishes.Of(deployment);
        return await venue.FindAsync(wish, landing.Slot, cancellationToken) switch
        {
            PoolFinding.AsPromised => DeploymentSuccess.OfPool(deployment.Agent.Id, venue.AddressOf(wish), transactionId, landing),
            PoolFinding.Different different => Failed(different.Reason),
            _ => Failed("there is no liquidity pool"),
        };

        object Failed(string reason) =>
            DeploymentFailure.Of(
                deployment.Agent.Id,
                $"The transaction {landing.Signature} landed and made another liquidity pool than promised: {reason}.",
                transactionId
            );
    }
}
