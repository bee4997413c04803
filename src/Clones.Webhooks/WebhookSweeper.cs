using Clones.Persistence;
using Clones.Persistence.Webhooks;

namespace Clones.Webhooks;

/// <summary>
/// Takes away what nobody needs any more: deliveries that ended and are older than 30 days, and what belongs to deleted endpoints. Gives up what
/// waited in vain for its endpoint to be enabled, or for its turn. In batches, so that no lock is held for long; any number of workers may sweep.
/// </summary>
internal sealed class WebhookSweeper(IServiceScopeFactory scopes, WebhookOptions options, TimeProvider time, ILogger<WebhookSweeper> log)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await PassAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogError(e, "Old webhooks could not be swept");
            }
            await Task.Delay(options.SweepEvery, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    internal async Task PassAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
        var now = time.GetUtcNow();
        await db.SweepWebhooksAsync(now - options.KeptFor, now, cancellationToken);
    }
}
