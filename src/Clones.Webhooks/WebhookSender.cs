using Clones.Hosting;
using Clones.Persistence.Webhooks;

namespace Clones.Webhooks;

/// <summary>
/// Sends what is due, at least once: a worker that dies between the answer and the commit has sent what another one sends again, under the same
/// webhook-id. In no particular order, so that an event that fails does not hold up those behind it.
/// </summary>
internal sealed class WebhookSender(
    WebhookClaims claims,
    WebhookRequests requests,
    WebhookDeliveryWriter deliveries,
    WebhookSlowEndpoints slowOnes,
    WebhookOptions options,
    TimeProvider time,
    ILogger<WebhookSender> log
) : PassService(time, log)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50);

    private readonly Lock gate = new();
    private readonly HashSet<Task> running = [];
    private int failingAtOnce;
    private bool isBusy;

    protected override TimeSpan PassEvery => isBusy ? Soon : options.PassEvery;

    public override async Task PassAsync(CancellationToken cancellationToken)
    {
        isBusy = false;
        isBusy = await StartDueAsync(cancellationToken) > 0 || Running().Length >= options.AtOnce;
    }

    /// <summary>Takes what is due and there is room for, and waits until all of that is sent.</summary>
    /// <returns>How many deliveries were taken.</returns>
    internal async Task<int> SendDueAsync(CancellationToken cancellationToken)
    {
        var count = await StartDueAsync(cancellationToken);
        await Task.WhenAll(Running());
        return count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await base.ExecuteAsync(stoppingToken);
        // What is on its way is brought to its end, which is bounded.
        await Task.WhenAll(Running());
    }

    private async Task<int> StartDueAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var failing in (bool[])[false, true])
        {
            var room = Room(failing);
            if (room == 0)
            {
                continue;
            }
            var claimedAt = Time.GetTimestamp();
            foreach (var due in await claims.TakeAsync(failing, room, cancellationToken))
            {
                Start(due, claimedAt);
                count++;
            }
        }
        return count;
    }

    private int Room(bool failing)
    {
        lock (gate)
        {
            var all = Math.Max(0, options.AtOnce - running.Count);
            return failing ? Math.Min(all, Math.Max(0, options.AtOnce / 2 - failingAtOnce)) : all;
        }
    }

    private Task[] Running()
    {
        lock (gate)
        {
            return [.. running];
        }
    }

    private void Start(DueWebhook due, long claimedAt)
    {
        lock (gate)
        {
            failingAtOnce += due.IsFailing ? 1 : 0;
            var task = Task.Run(() => SendAsync(due, claimedAt));
            running.Add(task);
            _ = task.ContinueWith(ended => End(ended, due), TaskScheduler.Default);
        }
    }

    private void End(Task task, DueWebhook due)
    {
        lock (gate)
        {
            failingAtOnce -= due.IsFailing ? 1 : 0;
            running.Remove(task);
        }
    }

    private async Task SendAsync(DueWebhook due, long claimedAt)
    {
        try
        {
            // A process that was frozen in between: somebody else may have the delivery by the time this request would end.
            if (Time.GetElapsedTime(claimedAt) > options.Lease - options.AnswerWithin - options.BodyWithin)
            {
                return;
            }
            var startedAt = Time.GetUtcNow();
            var outcome = await requests.SendAsync(due);
            slowOnes.Record(due.EndpointId, outcome.Took);
            await deliveries.RecordAsync(due, startedAt, outcome);
        }
        catch (Exception e)
        {
            Log.LogError(e, "What came of webhook {DeliveryId} could not be noted; it is sent again in {Lease}", due.Id, options.Lease);
        }
    }
}
