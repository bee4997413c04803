namespace Clones.Settlement.Attempts;

/// <summary>
/// Looks after everything that is not settled, whichever process began it: at start, and then at the pace of
/// <see cref="SettlementOptions.CheckEvery"/>. One request per node and batch, however much is in flight.
/// </summary>
internal sealed class TransactionWatcher(
    SettlementPoller pass,
    SettlementOptions options,
    TimeProvider time,
    ILogger<TransactionWatcher> log
) : BackgroundService
{
    private readonly string worker = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await pass.RunAsync(worker, stoppingToken);
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
}
