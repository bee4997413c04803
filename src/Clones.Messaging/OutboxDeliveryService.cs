using Clones.Messaging.Inbox;
using Clones.Messaging.Outbox;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace Clones.Messaging;

/// <summary>Runs delivery, sweeper and purge for as long as the host runs.</summary>
internal sealed class OutboxDeliveryService<TDbContext>(
    OutboxDispatcher<TDbContext> dispatcher,
    OutboxSettlement<TDbContext> settlement,
    OutboxSweeper<TDbContext> sweeper,
    InboxPurge<TDbContext> purge,
    OutboxOptionsOf<TDbContext> options
) : BackgroundService
    where TDbContext : DbContext
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        options.Value.Validate();
        List<Task> work = [];
        if (options.Value.DeliveryEnabled)
        {
            dispatcher.Start(stoppingToken);
            work.Add(settlement.RunAsync(stoppingToken));
            work.Add(sweeper.RunAsync(stoppingToken));
        }
        if (options.Value.PurgeEnabled)
        {
            work.Add(purge.RunAsync(stoppingToken));
        }

        await Task.WhenAll(work).ConfigureAwait(false);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await dispatcher.StopAsync(cancellationToken).ConfigureAwait(false);
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
    }
}
