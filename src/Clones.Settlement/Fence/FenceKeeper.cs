using Clones.Settlement.Chain;
using Clones.Settlement.Ledger;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Fence;

/// <summary>Watches the fence as long as the workers live, from before the first signature, and lifts it when that is safe.</summary>
internal sealed class FenceKeeper(FenceLift fence, LedgerOptions options, TimeProvider time, ILogger<FenceKeeper> log) : BackgroundService
{
    private string? told;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var progress = await fence.TryAsync(stoppingToken);
                if (!progress.IsOpen)
                {
                    Tell(progress.State);
                }
            }
            catch (Exception e) when (e is RpcException or HistoryUnresolvedException)
            {
                Tell(e.Diagnosis());
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogError(e, "Looking at the signing fence failed");
            }
            await Task.Delay(options.FenceEvery, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Once per state: a fence may stand for minutes.
    private void Tell(string state)
    {
        if (told != state)
        {
            told = state;
            log.LogWarning("The signing fence stands: {State}", state);
        }
    }
}
