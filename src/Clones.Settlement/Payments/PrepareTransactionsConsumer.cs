using Clones.Contracts.Settlement;
using MassTransit;

namespace Clones.Settlement.Payments;

/// <summary>Without inbox and database transaction of the bus: the chain is read in between, and handling it twice signs nothing twice.</summary>
internal sealed class PrepareTransactionsConsumer(PreparationGroups groups) : IConsumer<PrepareTransactions>
{
    public Task Consume(ConsumeContext<PrepareTransactions> context) =>
        groups.PrepareAsync(context.Message.TransactionIds, context.CancellationToken);
}
