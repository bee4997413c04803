using Clones.Contracts.Agents;
using Clones.Contracts.Deployments;
using Clones.Contracts.Settlement;
using Clones.Domain.Transactions;
using Clones.Lifecycle;
using Clones.Settlement.Deployments;
using Clones.Simulation.Store;
using Clones.Solana.Rpc;
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
                await HandleAsync(prepare);
                return true;
            case PreparePoolCreation prepare:
                await HandleAsync(prepare);
                return true;
            case CoSignTransaction coSign:
                await HandleAsync(coSign);
                return true;
            case ReadOwnerTransaction look:
                await HandleAsync(look);
                return true;
            case AdoptOnChainDeployment adopt:
                await HandleAsync(adopt);
                return true;
            case TransactionSettled settled when IsDeployment(settled.TransactionId):
                await HandleAsync(settled);
                return true;
            case IAgentCommand command:
                await InOneCommitAsync(
                    (typeof(AgentLifecycleStateMachine), messageId),
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

    /// <summary>As <see cref="DeploymentUnits"/> does: no inbox, and no database transaction is open while the chain is asked.</summary>
    private Task HandleAsync<T>(T message)
        where T : class =>
        ChainQuestions.RunAsync(() =>
            InOneCommitAsync(null, (scope, _) => scope.GetRequiredService<IDeploymentHandler<T>>().HandleAsync(message, default))
        );

    // As the lifecycle's pipeline does: inbox, work and outgoing messages in one commit.
    private async Task InOneCommitAsync((Type Consumer, Guid Message)? handles, Func<IServiceProvider, SimulatedWork, Task> act)
    {
        await using var work = await host.Store.BeginAsync(handles);
        if (handles is null || !await work.IsHandledAsync())
        {
            await using var scope = HostServices.CreateScope(host, work);
            await act(scope.ServiceProvider, work);
            ChainQuestions.RequireAnswers();
            await work.CommitAsync(default);
        }
    }
}
