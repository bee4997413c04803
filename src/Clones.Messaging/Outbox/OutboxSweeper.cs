using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Clones.Messaging.Outbox;

/// <summary>
/// Delivers the rows that nobody else delivered: of processes that died, of sends that failed, of messages for later, and of keys whose
/// earlier rows belong to another process. Any number of sweepers may run; a lease keeps them apart.
/// </summary>
internal sealed class OutboxSweeper<TDbContext>(
    IServiceScopeFactory scopes,
    OutboxSender<TDbContext> sender,
    OutboxSettlement<TDbContext> settlement,
    OutboxSignal<TDbContext> signal,
    OutboxOptionsOf<TDbContext> options,
    TimeProvider time,
    ILogger<OutboxSweeper<TDbContext>> logger
)
    where TDbContext : DbContext
{
    private static readonly TimeSpan UsableLease = TimeSpan.FromSeconds(MessagingModelBuilderExtensions.LeaseSeconds - 5);
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan OutagePause = TimeSpan.FromSeconds(2);

    // Another name than the dispatcher's: a row that the dispatcher is about to insert must see ours as another's.
    private readonly Guid _owner = Guid.NewGuid();

    public async Task RunAsync(CancellationToken stopping)
    {
        var pause = options.Value.QueryDelay;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var (claimed, outage) = await SweepAsync(stopping).ConfigureAwait(false);
                if (outage)
                {
                    await Task.Delay(OutagePause, time, stopping).ConfigureAwait(false);
                }
                else if (claimed > 0)
                {
                    pause = Soon;
                }
                else
                {
                    // After work or a wake-up the first row of a key may be another's for a moment yet: claim again soon, then ever less often.
                    var woken = await signal.WaitAsync(pause, time, stopping).ConfigureAwait(false);
                    pause = woken ? Soon : TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, options.Value.QueryDelay.Ticks));
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                logger.LogWarning(exception, "The outbox could not be swept; trying again in {Pause}", options.Value.QueryDelay);
                await Task.Delay(options.Value.QueryDelay, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Claims and delivers once. Returns how many rows were claimed, and whether the broker failed us.</summary>
    internal async Task<(int Claimed, bool Outage)> SweepAsync(CancellationToken stopping)
    {
        var leasedAt = time.GetTimestamp();
        var rows = await ClaimAsync(stopping).ConfigureAwait(false);
        if (rows.Count == 0)
        {
            return (0, false);
        }

        var outage = false;
        var lanes = rows.OrderBy(x => x.SequenceNumber).GroupBy(x => x.PartitionKey ?? $"\0{x.SequenceNumber}");
        await Parallel
            .ForEachAsync(
                lanes,
                new ParallelOptions { MaxDegreeOfParallelism = 64 },
                async (lane, _) =>
                {
                    if (!await DeliverAsync([.. lane], leasedAt, stopping).ConfigureAwait(false))
                    {
                        Volatile.Write(ref outage, true);
                    }
                }
            )
            .ConfigureAwait(false);
        return (rows.Count, outage);
    }

    private async Task<bool> DeliverAsync(OutboxMessage[] lane, long leasedAt, CancellationToken stopping)
    {
        for (var i = 0; i < lane.Length; i++)
        {
            var outcome =
                time.GetElapsedTime(leasedAt) + options.Value.SendTimeout > UsableLease
                    ? new SendOutcome(SendResult.Outage)
                    : await sender.SendAsync(lane[i], stopping).ConfigureAwait(false);
            if (outcome.Result is SendResult.Delivered)
            {
                settlement.Delivered(lane[i].SequenceNumber);
                continue;
            }
            var rejected = outcome.Result is SendResult.Rejected;
            if (rejected)
            {
                logger.LogError(
                    "Message {MessageId} could not be sent, attempt {Attempt}: {Error}",
                    lane[i].MessageId,
                    lane[i].Attempts + 1,
                    outcome.Error
                );
            }

            var delay = rejected ? OutboxOptions.BackOff(lane[i].Attempts + 1) : OutagePause;
            await settlement.ReleaseAsync(lane[(i + 1)..], TimeSpan.Zero, null, rejected: false).ConfigureAwait(false);
            await settlement.ReleaseAsync(lane[i..(i + 1)], delay, outcome.Error, rejected).ConfigureAwait(false);
            return rejected;
        }
        return true;
    }

    private async Task<List<OutboxMessage>> ClaimAsync(CancellationToken stopping)
    {
        await using var scope = scopes.CreateAsyncScope();
        var dbContext = scope.ServiceProvider.GetRequiredService<TDbContext>();
        await dbContext.Database.OpenConnectionAsync(stopping).ConfigureAwait(false);
        await using var command = OutboxRows.Claim(
            MessagingTables.Of(dbContext).Outbox,
            _owner,
            options.Value.QueryMessageLimit,
            options.Value.BlockingAttempts
        );
        command.Connection = (NpgsqlConnection)dbContext.Database.GetDbConnection();
        await using var reader = await command.ExecuteReaderAsync(stopping).ConfigureAwait(false);
        var rows = new List<OutboxMessage>();
        while (await reader.ReadAsync(stopping).ConfigureAwait(false))
        {
            rows.Add(OutboxRows.Read(reader));
        }

        return rows;
    }
}
