using Clones.Contracts.Agents;
using Clones.Contracts.Deployments;
using Clones.Contracts.Settlement;
using Clones.Domain.Transactions;
using Clones.Lifecycle;
using Clones.Settlement.Deployments;
using Clones.Simulation.Store;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Clones.Simulation;

/// <summary>The real consumers of deployments and the real lifecycle, each message in its own scope and its own commit.</summary>
internal sealed class DeploymentConsumers(SimulatedHost host)
{
    private readonly AbandonedDeployments abandoned = new(host.Store, host.Rpc);

    /// <returns>False for what is no message of a deployment.</returns>
    public async Task<bool> HandleAsync(Guid messageId, object message)
    {
        switch (message)
        {
            case PrepareTokenCreation prepare:
                await ConsumeAsync<PrepareTokenCreationConsumer, PrepareTokenCreation>(messageId, prepare);
                return true;
            case PreparePoolCreation prepare:
                await ConsumeAsync<PreparePoolCreationConsumer, PreparePoolCreation>(messageId, prepare);
                return true;
            case CoSignTransaction coSign:
                await ConsumeAsync<CoSignTransactionConsumer, CoSignTransaction>(messageId, coSign);
                return true;
            case LookForOwnerTransaction look:
                await ConsumeAsync<LookForOwnerTransactionConsumer, LookForOwnerTransaction>(messageId, look);
                return true;
            case AdoptLanded adopt:
                await ConsumeAsync<AdoptLandedConsumer, AdoptLanded>(messageId, adopt);
                return true;
            case TransactionSettled settled when IsDeployment(settled.TransactionId):
                await ConsumeAsync<DeploymentSettledConsumer, TransactionSettled>(messageId, settled);
                return true;
            case IAgentCommand command:
                await OnceAsync(
                    messageId,
                    typeof(AgentLifecycleStateMachine),
                    (scope, work) => LifecycleSaga.RaiseAsync(command, scope, work)
                );
                return true;
            default:
                return message is AgentStatusChanged;
        }
    }

    /// <summary>As DeploymentSweeper does, which needs a host around it.</summary>
    public async Task SweepAsync()
    {
        using var sweeper = new DeploymentSweeper(host.Store, abandoned, host.Rpc, host.Clock, NullLogger<DeploymentSweeper>.Instance);
        await sweeper.PassAsync(default);
    }

    private bool IsDeployment(Guid transactionId) =>
        host.World.Database.Transactions.TryGetValue(transactionId, out var transaction) && transaction.Kind != TransactionKind.Payment;

    private Task ConsumeAsync<TConsumer, T>(Guid messageId, T message)
        where TConsumer : class, IConsumer<T>
        where T : class =>
        OnceAsync(
            messageId,
            typeof(TConsumer),
            (scope, work) => ActivatorUtilities.CreateInstance<TConsumer>(scope).Consume(new SimulatedConsume<T>(message, scope, work))
        );

    // As the consumer's pipeline does: inbox, work and outgoing messages in one commit.
    private async Task OnceAsync(Guid messageId, Type consumer, Func<IServiceProvider, SimulatedWork, Task> act)
    {
        await using var work = await host.Store.BeginAsync((consumer, messageId));
        if (!await work.IsHandledAsync())
        {
            await using var scope = HostServices.CreateScope(host, work);
            await act(scope.ServiceProvider, work);
            await work.CommitAsync(default);
        }
    }
}
