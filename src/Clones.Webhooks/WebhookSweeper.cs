using Clones.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Clones.Webhooks;

/// <summary>
/// Takes away what nobody needs any more: deliveries that ended and are older than 30 days, and what belongs to deleted endpoints. Gives up what
/// waited in vain for its endpoint to be enabled, or for its turn. In batches, so that no lock is held for long; any number of workers may sweep.
/// </summary>
internal sealed class WebhookSweeper(IServiceScopeFactory scopes, WebhookOptions options, TimeProvider time, ILogger<WebhookSweeper> log)
    : BackgroundService
{
    private const int BatchMax = 1_000;
    private const int BatchesMax = 50;

    /// <summary>The last attempt is due when the time is up; what has not had it by then is in a backlog that grows faster than it is sent.</summary>
    private static readonly TimeSpan LateAfter = TimeSpan.FromHours(1);

    /// <summary>A consumer that has read the endpoint just before may still be about to write.</summary>
    private static readonly TimeSpan EndpointAfter = TimeSpan.FromHours(1);

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
        var old = now - options.KeptFor;
        var gone = now - EndpointAfter;
        var late = now - LateAfter;
        FormattableString[] sweeps =
        [
            $"""
                UPDATE webhook_deliveries SET status = 'EXHAUSTED', next_attempt_at = NULL, completed_at = {now},
                    last_failure = coalesce(last_failure, 'The webhook was disabled.')
                WHERE id IN (
                    SELECT d.id FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
                    WHERE d.status = 'PENDING' AND NOT e.is_enabled AND e.deleted_at IS NULL AND d.give_up_at < {now}
                        AND (d.lease_id IS NULL OR d.leased_until < {now})
                    LIMIT {BatchMax} FOR UPDATE OF d SKIP LOCKED)
                """,
            $"""
                UPDATE webhook_deliveries SET status = 'EXHAUSTED', next_attempt_at = NULL, completed_at = {now},
                    lease_id = NULL, leased_until = NULL, last_failure = 'Its time was up before its turn came.'
                WHERE id IN (
                    SELECT d.id FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
                    WHERE d.status = 'PENDING' AND e.is_enabled AND e.deleted_at IS NULL AND d.give_up_at < {late}
                        AND (d.lease_id IS NULL OR d.leased_until < {now})
                    LIMIT {BatchMax} FOR UPDATE OF d SKIP LOCKED)
                """,
            $"""
                DELETE FROM webhook_deliveries WHERE id IN (
                    SELECT id FROM webhook_deliveries WHERE created_at < {old} AND status <> 'PENDING'
                    LIMIT {BatchMax} FOR UPDATE SKIP LOCKED)
                """,
            $"""
                DELETE FROM webhook_deliveries WHERE id IN (
                    SELECT d.id FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
                    WHERE e.deleted_at IS NOT NULL AND (d.lease_id IS NULL OR d.leased_until < {now})
                    LIMIT {BatchMax} FOR UPDATE OF d SKIP LOCKED)
                """,
            $"""
                DELETE FROM webhook_endpoints WHERE id IN (
                    SELECT e.id FROM webhook_endpoints e
                    WHERE e.deleted_at < {gone} AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.endpoint_id = e.id)
                    LIMIT {BatchMax} FOR UPDATE SKIP LOCKED)
                """,
        ];
        foreach (var sweep in sweeps)
        {
            for (var batch = 0; batch < BatchesMax; batch++)
            {
                if (await db.Database.ExecuteSqlAsync(sweep, cancellationToken) < BatchMax)
                {
                    break;
                }
            }
        }
    }
}
