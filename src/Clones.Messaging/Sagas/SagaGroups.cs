using System.Data;
using Clones.Messaging.Inbox;
using Clones.Messaging.Outbox;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Clones.Messaging.Sagas;

/// <summary>
/// Reads instances without a lock and saves them by their version, those of many messages in one round trip and one commit. Within this
/// process messages for one instance take turns, so that only another process can change what one has read.
/// </summary>
internal sealed class SagaGroups<TSaga, TDbContext>
    where TSaga : class, ISaga
    where TDbContext : DbContext
{
    private readonly IServiceScopeFactory _scopes;
    private readonly OutboxDispatcher<TDbContext> _dispatcher;
    private readonly OutboxOptionsOf<TDbContext> _options;
    private readonly OutboxLanes _turns = new();
    private readonly Grouping<Reading> _reads;
    private readonly Grouping<SagaChange<TSaga>> _changes;

    public SagaGroups(IServiceScopeFactory scopes, OutboxDispatcher<TDbContext> dispatcher, OutboxOptionsOf<TDbContext> options)
    {
        (_scopes, _dispatcher, _options) = (scopes, dispatcher, options);
        (_reads, _changes) = (new(ReadAsync), new(SaveAsync));
    }

    /// <summary>Only a saga of plain columns can be saved by the statement of a group, and only where nobody watches SaveChanges.</summary>
    public static bool Serves(DbContext dbContext) =>
        SagaStatements.Of<TSaga>(dbContext).Group is not null && !SagaSave.IsWatched(dbContext);

    /// <summary>Reads the instance, once the messages for it that this process handles already have ended. Leave it in any case.</summary>
    public async Task<(long? Fingerprint, TSaga? Saga, UnlockedSaga<TSaga, TDbContext> Unlocked)> ReadAsync(InboxMark mark, Guid id)
    {
        var turn = _turns.Enter(id.ToString());
        await turn.Before.ConfigureAwait(false);
        try
        {
            var reading = new Reading(mark, id, new(TaskCreationOptions.RunContinuationsAsynchronously));
            _reads.Add(reading);
            var (fingerprint, saga) = await reading.Done.Task.ConfigureAwait(false);
            return (fingerprint, saga, new(this, turn, mark, saga));
        }
        catch
        {
            turn.Leave(inOrder: true);
            throw;
        }
    }

    public Task SaveAsync(SagaChange<TSaga> change)
    {
        _changes.Add(change);
        return change.Done;
    }

    private async Task ReadAsync(IReadOnlyList<Reading> group)
    {
        try
        {
            await using var scope = _scopes.CreateAsyncScope();
            var dbContext = scope.ServiceProvider.GetRequiredService<TDbContext>();
            var handled = new Dictionary<(Guid, Guid), long>();
            var prelude = new StatementPrelude(
                InboxMark.Handled(MessagingTables.Of(dbContext), [.. group.Select(x => x.Mark)]),
                row => handled[(row.GetGuid(0), row.GetGuid(1))] = row.GetInt64(2)
            );
            Dictionary<Guid, TSaga> sagas;
            using (StatementPrelude.Attach(dbContext, prelude))
            {
                object ids = group.Select(x => x.Id).ToArray();
                sagas = await dbContext
                    .Set<TSaga>()
                    .FromSqlRaw(SagaStatements.Of<TSaga>(dbContext).Group!.Read, ids)
                    .AsNoTracking()
                    .ToDictionaryAsync(x => x.CorrelationId)
                    .ConfigureAwait(false);
            }

            foreach (var x in group)
            {
                long? known = handled.TryGetValue((x.Mark.MessageId, x.Mark.ConsumerId), out var fingerprint) ? fingerprint : null;
                x.Done.TrySetResult((known, sagas.GetValueOrDefault(x.Id)));
            }
        }
        catch (Exception exception)
        {
            foreach (var x in group)
            {
                x.Done.TrySetException(exception);
            }
        }
    }

    private async Task SaveAsync(IReadOnlyList<SagaChange<TSaga>> group)
    {
        // In the order of ids: groups of several processes insert in the same order.
        SagaChange<TSaga>[] changes = [.. group.OrderBy(x => x.Saga.CorrelationId)];
        // Before the commit: the order of these places is the order of delivery.
        var tickets = Array.ConvertAll(changes, x => _dispatcher.Prepare(x.Messages));
        HashSet<SagaChange<TSaga>> saved;
        try
        {
            saved = await CommitAsync(changes).ConfigureAwait(false);
        }
        catch (PostgresException exception) when (exception.InvariantSeverity is "ERROR")
        {
            Array.ForEach(tickets, OutboxDispatcher<TDbContext>.Abandon);
            if (changes is [var alone])
            {
                alone.Failed(exception.SqlState is PostgresErrorCodes.DivisionByZero ? Conflict(alone) : exception);
                return;
            }
            // One of them is to blame, and it alone.
            foreach (var change in changes)
            {
                await SaveAsync([change]).ConfigureAwait(false);
            }
            return;
        }
        catch (Exception exception)
        {
            Array.ForEach(tickets, _dispatcher.Disown);
            Array.ForEach(changes, x => x.Failed(exception));
            return;
        }

        for (var i = 0; i < changes.Length; i++)
        {
            if (saved.Contains(changes[i]))
            {
                _dispatcher.Deliver(tickets[i]);
                changes[i].Saved();
            }
            else
            {
                OutboxDispatcher<TDbContext>.Abandon(tickets[i]);
                changes[i].Failed(Conflict(changes[i]));
            }
        }
    }

    private async Task<HashSet<SagaChange<TSaga>>> CommitAsync(SagaChange<TSaga>[] changes)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var dbContext = scope.ServiceProvider.GetRequiredService<TDbContext>();
        await dbContext.Database.OpenConnectionAsync().ConfigureAwait(false);
        var connection = (NpgsqlConnection)dbContext.Database.GetDbConnection();
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted).ConfigureAwait(false);
        await using var batch = new NpgsqlBatch(connection, transaction);
        var save = SagaStatements.Of<TSaga>(dbContext).Group!;
        batch.BatchCommands.Add(save.Save(MessagingTables.Of(dbContext), changes, _dispatcher.Owner, _options.Value.BlockingAttempts));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
        await using var reader = await batch.ExecuteReaderAsync().ConfigureAwait(false);
        var saved = new HashSet<SagaChange<TSaga>>();
        var rows = new List<(long SequenceNumber, Guid? Owner)>();
        while (await reader.ReadAsync().ConfigureAwait(false))
        {
            if (reader.IsDBNull(0))
            {
                rows.Add((reader.GetInt64(1), reader.IsDBNull(2) ? null : reader.GetGuid(2)));
            }
            else
            {
                saved.Add(changes[reader.GetInt64(0) - 1]);
            }
        }
        // To the end: only there does a commit that failed say so.
        while (await reader.NextResultAsync().ConfigureAwait(false)) { }

        // Numbers were given in the order in which the messages were handed over.
        rows.Sort();
        foreach (var (message, row) in changes.Where(saved.Contains).SelectMany(x => x.Messages).Zip(rows))
        {
            (message.SequenceNumber, message.LeaseOwner) = row;
        }

        return saved;
    }

    private static DbUpdateConcurrencyException Conflict(SagaChange<TSaga> change) =>
        new($"{typeof(TSaga).Name} {change.Saga.CorrelationId} was changed by another message; the next try locks its row.");

    private sealed record Reading(InboxMark Mark, Guid Id, TaskCompletionSource<(long?, TSaga?)> Done);
}
