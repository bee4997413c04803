using System.Data.Common;
using Clones.Domain.Agents;
using Clones.Messaging;
using Clones.Persistence;
using Clones.Persistence.Agents;

namespace Clones.Lifecycle;

/// <summary>Stores the machine that this process runs, for the API to draw it: the two know of each other only by the database.</summary>
internal sealed class LifecycleMachinePublisher(
    IServiceScopeFactory scopes,
    AgentLifecycleStateMachine machine,
    TimeProvider time,
    ILogger<LifecycleMachinePublisher> log
) : BackgroundService
{
    private static readonly TimeSpan TryEvery = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var mine = LifecycleMachine.Of(machine.Graph, time.GetUtcNow());
        while (!await TryPublishAsync(mine, stoppingToken))
        {
            await Task.Delay(TryEvery, time, stoppingToken);
        }
    }

    private async Task<bool> TryPublishAsync(LifecycleMachine mine, CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<ClonesDbContext>().SaveMachineAsync(mine, cancellationToken);
            return true;
        }
        catch (Exception e) when (e is DbException || PostgresErrors.IsTransient(e))
        {
            log.LogWarning("The state machine could not be stored for the API to show: {Reason}", e.Message);
            return false;
        }
    }
}
