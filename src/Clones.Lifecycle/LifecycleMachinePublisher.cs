using System.Data.Common;
using Clones.Domain.Agents;
using Clones.Messaging;
using Clones.Persistence;
using Microsoft.EntityFrameworkCore;

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
        while (!await TellAsync(mine, stoppingToken))
        {
            await Task.Delay(TryEvery, time, stoppingToken);
        }
    }

    private async Task<bool> TellAsync(LifecycleMachine mine, CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO lifecycle_machines (fingerprint, graph, first_started_at, last_started_at)
                VALUES ({mine.Fingerprint}, {mine.Graph}, {mine.FirstStartedAt}, {mine.LastStartedAt})
                ON CONFLICT (fingerprint) DO UPDATE SET last_started_at = greatest(lifecycle_machines.last_started_at, excluded.last_started_at)
                """,
                cancellationToken
            );
            return true;
        }
        catch (Exception e) when (e is DbException || PostgresErrors.IsTransient(e))
        {
            log.LogWarning("The state machine could not be stored for the API to show: {Reason}", e.Message);
            return false;
        }
    }
}
