using Clones.Contracts.Settlement;
using Clones.Messaging.Bus;
using Clones.Settlement.Store;
using MassTransit;

namespace Clones.Settlement.Attempts;

/// <summary>The first send of an attempt; the watcher sends again until it settles. Handling the message twice sends the same bytes twice.</summary>
internal sealed class BroadcastTransactionConsumer(ISettlementStore store, AttemptBroadcast broadcast) : IConsumer<BroadcastTransaction>
{
    public async Task Consume(ConsumeContext<BroadcastTransaction> context)
    {
        var (id, number) = (context.Message.TransactionId, context.Message.AttemptNumber);
        var attempt =
            await store.FindAttemptAsync(id, number, context.CancellationToken)
            ?? throw new UnacceptableMessageException($"Transaction {id} has no attempt {number}.");
        await broadcast.SendAsync([attempt], context.CancellationToken);
    }
}
