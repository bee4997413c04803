using Clones.Contracts.Settlement;
using Clones.Persistence;
using Clones.Persistence.Settlement;
using MassTransit;

namespace Clones.Workers.Settlement;

/// <summary>
/// Looks after everything that is not settled, whichever process began it: at start, and then at the pace of
/// <see cref="SettlementOptions.CheckEvery"/>. One request per node and batch, however much is in flight.
/// </summary>
internal sealed class TransactionWatcher(
    IServiceScopeFactory scopes,
    SettlementOptions options,
    TimeProvider time,
    ILogger<TransactionWatcher> log
) : BackgroundService
{
    private const int BatchesPerPass = 8;

    private readonly string worker = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await PassAsync(stoppingToken);
                await Task.Delay(options.CheckEvery, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The database or the broker is away: what is open stays open, and the next pass finds it.
                log.LogError(e, "A pass over the open transactions failed");
                await Task.Delay(options.UnresolvedEvery, time, CancellationToken.None)
                    .WaitAsync(stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>One pass: settle, send again, certify, and wake what waits to be prepared.</summary>
    internal async Task PassAsync(CancellationToken cancellationToken)
    {
        await using (var scope = scopes.CreateAsyncScope())
        {
            await WakeAsync(scope.ServiceProvider, cancellationToken);
        }

        // Bounded, so that a flood in flight cannot keep those that wait to be prepared from being woken.
        for (var batch = 0; batch < BatchesPerPass; batch++)
        {
            await using var scope = scopes.CreateAsyncScope();
            var leased = await scope.ServiceProvider.GetRequiredService<OpenTransactions>().LeaseAsync(worker, cancellationToken);
            if (leased.Count > 0)
            {
                await scope.ServiceProvider.GetRequiredService<AttemptCheck>().CheckAsync(leased, cancellationToken);
            }
            if (leased.Count < options.BatchMax)
            {
                return;
            }
        }
    }

    private static async Task WakeAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var db = services.GetRequiredService<ClonesDbContext>();
        await using var commit = await db.Database.BeginTransactionAsync(cancellationToken);
        var due = await services.GetRequiredService<OpenTransactions>().DueForPreparationAsync(cancellationToken);
        if (due.Count == 0)
        {
            return;
        }

        var publish = services.GetRequiredService<IPublishEndpoint>();
        foreach (var transactionId in due)
        {
            await publish.Publish(new PrepareTransaction { TransactionId = transactionId }, cancellationToken);
        }
        await db.SaveChangesAsync(cancellationToken);
        await commit.CommitAsync(cancellationToken);
    }
}
