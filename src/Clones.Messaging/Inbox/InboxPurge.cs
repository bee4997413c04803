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
        if (await AnnouncedAsync(connection, tables, cancellationToken).ConfigureAwait(false) is { } before)
        {
            while (await DeleteAsync(connection, tables, before, cancellationToken).ConfigureAwait(false) is > 0 and var some)
            {
                deleted += some;
            }
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

    /// <summary>The watermark, where it has stood for an interval.</summary>
    private async Task<DateTime?> AnnouncedAsync(NpgsqlConnection connection, MessagingTables tables, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"SELECT purged_before FROM {tables.Watermark} WHERE moved_at <= clock_timestamp() - $1",
            connection
        );
        command.Parameters.Add(new NpgsqlParameter { Value = options.Value.InboxPurgeInterval });
        return (DateTime?)await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }

    // SKIP LOCKED: any number of processes may purge. The time is a value and not a join, so that the planner knows how few rows are meant and
    // asks the index by blocks instead of reading the inbox through.
    private static async Task<int> DeleteAsync(
        NpgsqlConnection connection,
        MessagingTables tables,
        DateTime before,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(
            $"""
            DELETE FROM {tables.Inbox} WHERE ctid = ANY(ARRAY(
                SELECT ctid FROM {tables.Inbox} WHERE keep_until < $1 LIMIT {DeleteLimit} FOR UPDATE SKIP LOCKED))
            """,
            connection
        );
        command.Parameters.Add(new NpgsqlParameter { Value = before });
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
