using Clones.Contracts.Deployments;
using Clones.Contracts.Settlement;
using MassTransit;

namespace Clones.Settlement.Deployments;

// Without inbox and database transaction of the bus: the handlers read the chain.

internal sealed class CoSignTransactionConsumer(DeploymentUnits units) : IConsumer<CoSignTransaction>
{
    public Task Consume(ConsumeContext<CoSignTransaction> context) => units.HandleAsync(context.Message, context.CancellationToken);
}

internal sealed class PrepareTokenCreationConsumer(DeploymentUnits units) : IConsumer<PrepareTokenCreation>
{
    public Task Consume(ConsumeContext<PrepareTokenCreation> context) => units.HandleAsync(context.Message, context.CancellationToken);
}

internal sealed class PreparePoolCreationConsumer(DeploymentUnits units) : IConsumer<PreparePoolCreation>
{
    public Task Consume(ConsumeContext<PreparePoolCreation> context) => units.HandleAsync(context.Message, context.CancellationToken);
}

internal sealed class AdoptOnChainDeploymentConsumer(DeploymentUnits units) : IConsumer<AdoptOnChainDeployment>
{
    public Task Consume(ConsumeContext<AdoptOnChainDeployment> context) => units.HandleAsync(context.Message, context.CancellationToken);
}

internal sealed class ReadOwnerTransactionConsumer(DeploymentUnits units) : IConsumer<ReadOwnerTransaction>
{
    public Task Consume(ConsumeContext<ReadOwnerTransaction> context) => units.HandleAsync(context.Message, context.CancellationToken);
}

internal sealed class DeploymentSettledConsumer(DeploymentUnits units) : IConsumer<TransactionSettled>
{
    public Task Consume(ConsumeContext<TransactionSettled> context) => units.HandleAsync(context.Message, context.CancellationToken);
}
