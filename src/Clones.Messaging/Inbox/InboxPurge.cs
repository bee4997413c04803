using Clones.Messaging.Outbox;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Clones.Messaging.Inbox;

/// <summary>
/// Keeps the inbox from growing without bound, and the promise with it: first the watermark moves, so that older ids are rejected; only a
/// whole interval later are the marks behind it deleted, so no statement that still saw the old watermark can miss a mark.
/// </summary>
internal sealed class InboxPurge<TDbContext>(
    IServiceScopeFactory scopes,
    OutboxOptionsOf<TDbContext> options,
    TimeProvider time,
    ILogger<InboxPurge<TDbContext>> logger
)
    where TDbContext : DbContext
{
    private const int DeleteLimit = 5000;

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await PurgeAsync(stopping).ConfigureAwait(false);
                await Task.Delay(options.Value.InboxPurgeInterval, time, stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                logger.LogWarning(exception, "The inbox could not be purged");
                await Task.Delay(options.Value.InboxPurgeInterval, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Deletes what an earlier run announced, then announces anew. Returns the marks deleted.</summary>
    internal async Task<long> PurgeAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var dbContext = scope.ServiceProvider.GetRequiredService<TDbContext>();
        await dbContext.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        var connection = (NpgsqlConnection)dbContext.Database.GetDbConnection();
        var tables = MessagingTables.Of(dbContext);

        var deleted = 0L;
        while (await DeleteAsync(connection, tables, cancellationToken).ConfigureAwait(false) is > 0 and var some)
        {
            deleted += some;
        }

        if (deleted > 0)
        {
            logger.LogInformation("{Count} inbox marks purged", deleted);
        }

        await using var move = new NpgsqlCommand(
            $"""
            INSERT INTO {tables.Watermark} AS w (id, purged_before, moved_at)
            VALUES (1, clock_timestamp() - $1, clock_timestamp())
            ON CONFLICT (id) DO UPDATE SET purged_before = excluded.purged_before, moved_at = excluded.moved_at
            WHERE w.purged_before < excluded.purged_before AND w.moved_at <= excluded.moved_at - $2
            """,
            connection
        );
        move.Parameters.Add(new NpgsqlParameter { Value = options.Value.InboxRetention });
        move.Parameters.Add(new NpgsqlParameter { Value = options.Value.InboxPurgeInterval });
        await move.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        return deleted;
    }

    // SKIP LOCKED: any number of processes may purge.
    private async Task<int> DeleteAsync(NpgsqlConnection connection, MessagingTables tables, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            DELETE FROM {tables.Inbox} WHERE ctid = ANY(ARRAY(
                SELECT i.ctid FROM {tables.Inbox} i, {tables.Watermark} w
                WHERE i.keep_until < w.purged_before AND w.moved_at <= clock_timestamp() - $1
                LIMIT {DeleteLimit} FOR UPDATE OF i SKIP LOCKED))
            """,
            connection
        );
        command.Parameters.Add(new NpgsqlParameter { Value = options.Value.InboxPurgeInterval });
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
