using Clones.Contracts.Agents;
using Clones.Contracts.Keys;
using Clones.Contracts.Pools;
using Clones.Domain.Webhooks;
using Clones.Messaging.Bus;
using Clones.Persistence;
using Clones.Persistence.Webhooks;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Clones.Webhooks;

/// <summary>
/// Writes the deliveries of an event, one for each endpoint of the owner whom it is about. Nothing is sent from here: a slow endpoint must not
/// hold up the queue. Whose event it is the database says, not the message. Without inbox: the same event is the same delivery. Deliveries of payments
/// are written where their events are published.
/// </summary>
internal sealed class WebhookEventsConsumer(ClonesDbContext db, WebhookDeliveries deliveries)
    : IConsumer<AgentStatusChanged>,
        IConsumer<PoolFundsChanged>,
        IConsumer<DepositKeyMigrated>
{
    public async Task Consume(ConsumeContext<AgentStatusChanged> context)
    {
        var id = context.Message.AgentId;
        var owner =
            await db.Agents.Where(a => a.Id == id).Select(a => a.OwnerAddress).FirstOrDefaultAsync(context.CancellationToken)
            ?? throw new UnacceptableMessageException($"agentId: there is no agent {id}.");
        await deliveries.AddAsync(context, WebhookEventType.AgentStatusChanged, owner, context.Message.OccurredAt);
    }

    public async Task Consume(ConsumeContext<PoolFundsChanged> context)
    {
        var id = context.Message.TrainingPoolId;
        var owner =
            await db.TrainingPools.Where(p => p.Id == id).Select(p => p.OwnerAddress).FirstOrDefaultAsync(context.CancellationToken)
            ?? throw new UnacceptableMessageException($"trainingPoolId: there is no training pool {id}.");
        await deliveries.AddAsync(context, WebhookEventType.PoolFundsChanged, owner, context.Message.OccurredAt);
    }

    public async Task Consume(ConsumeContext<DepositKeyMigrated> context)
    {
        var id = context.Message.WalletId;
        var owner =
            await (
                from wallet in db.DepositWallets
                join pool in db.TrainingPools on wallet.TrainingPoolId equals pool.Id
                where wallet.Id == id
                select pool.OwnerAddress
            ).FirstOrDefaultAsync(context.CancellationToken)
            ?? throw new UnacceptableMessageException($"walletId: there is no deposit wallet {id}.");
        await deliveries.AddAsync(context, WebhookEventType.DepositKeyMigrated, owner, context.Message.OccurredAt);
    }
}
