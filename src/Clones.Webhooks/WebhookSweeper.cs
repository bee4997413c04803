using Clones.Hosting;
using Clones.Persistence;
using Clones.Persistence.Webhooks;

namespace Clones.Webhooks;

/// <summary>
/// Takes away what nobody needs any more: deliveries that ended and are older than 30 days, and what belongs to deleted endpoints. Abandons what
/// waited in vain for its endpoint to be enabled, or for its turn. In batches, so that no lock is held for long; any number of workers may sweep.
/// </summary>
internal sealed class WebhookSweeper(IServiceScopeFactory scopes, WebhookOptions options, TimeProvider time, ILogger<WebhookSweeper> log)
    : PassService(time, log)
{
    protected override TimeSpan PassEvery => options.SweepEvery;

    public override async Task PassAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
        var now = Time.GetUtcNow();
        await db.SweepWebhooksAsync(now - options.KeptFor, now, cancellationToken);
    }
}
