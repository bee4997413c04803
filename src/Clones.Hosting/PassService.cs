using Clones.Messaging;
using Clones.Solana.Rpc;

namespace Clones.Hosting;

/// <summary>
/// Does the same pass again and again until the host stops. A pass that fails is logged and the next one comes all the same: a service that ended
/// because the database or a node was away would be missed by nobody.
/// </summary>
public abstract class PassService(TimeProvider time, ILogger log) : BackgroundService
{
    protected TimeProvider Time { get; } = time;

    protected ILogger Log { get; } = log;

    /// <summary>The wait behind a pass.</summary>
    protected abstract TimeSpan PassEvery { get; }

    /// <summary>The wait behind a pass that failed.</summary>
    protected virtual TimeSpan FailedPassEvery => PassEvery;

    /// <summary>The first pass comes a wait after the start instead of with it.</summary>
    protected virtual bool WaitsFirst => false;

    public abstract Task PassAsync(CancellationToken cancellationToken);

    protected virtual void Report(Exception failure)
    {
        var service = GetType().Name;
        if (failure is INodeFailure || PostgresErrors.IsTransient(failure))
        {
            Log.LogWarning("A pass of {Service} is tried again in {Wait}: {Reason}", service, FailedPassEvery, failure.Diagnosis());
        }
        else
        {
            Log.LogError(failure, "A pass of {Service} failed", service);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (WaitsFirst)
        {
            await WaitAsync(PassEvery);
        }
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await PassAsync(stoppingToken);
                await WaitAsync(PassEvery);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                Report(failure);
                await WaitAsync(FailedPassEvery);
            }
        }

        async Task WaitAsync(TimeSpan wait) =>
            await Task.Delay(wait, Time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
