using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Clones.Messaging.Sagas;

/// <summary>Loads saga instances under their row lock, within the unit of work of one message.</summary>
internal sealed class SagaInstances<TSaga, TDbContext>(MessagingSession<TDbContext> session)
    where TSaga : class, ISaga
    where TDbContext : DbContext
{
    private (Guid Id, TSaga? Saga)? _prefetched;

    public MessagingSession<TDbContext> Session => session;

    /// <summary>Opens the unit of work and locks the instance in one round trip; false for a message handled before.</summary>
    public async Task<bool> BeginWithAsync(Guid correlationId, CancellationToken cancellationToken)
    {
        var (fresh, saga) = await session.BeginWithAsync(() => LockAsync(correlationId), cancellationToken).ConfigureAwait(false);
        _prefetched = (correlationId, saga);
        return fresh;
    }

    /// <summary>Reads the instance without a lock; false for a message handled before.</summary>
    public async Task<bool> ReadAsync(SagaGroups<TSaga, TDbContext> groups, Guid correlationId)
    {
        var (fresh, saga) = await session.ReadAsync(groups, correlationId).ConfigureAwait(false);
        _prefetched = (correlationId, saga);
        return fresh;
    }

    /// <summary>To be saved with the commit, as it is then.</summary>
    public void Save(TSaga instance, bool isNew)
    {
        if (session.Unlocked is UnlockedSaga<TSaga, TDbContext> unlocked)
        {
            unlocked.Change(instance, removed: false);
        }
        else if (isNew)
        {
            session.DbContext.Add(instance);
        }
    }

    public void Remove(TSaga instance)
    {
        if (session.Unlocked is UnlockedSaga<TSaga, TDbContext> unlocked)
        {
            unlocked.Change(instance, removed: true);
        }
        else
        {
            session.DbContext.Remove(instance);
        }
    }

    public async Task<TSaga?> LoadAsync(Guid correlationId, CancellationToken cancellationToken)
    {
        session.PartitionKey = correlationId.ToString();
        if (_prefetched is { } prefetched && prefetched.Id == correlationId)
        {
            _prefetched = null;
            return session.Unlocked is null ? Locked(prefetched.Saga) : prefetched.Saga;
        }
        cancellationToken.ThrowIfCancellationRequested();
        // An instance that is tracked already was read without the lock, or before it was ours: read it again.
        if (session.DbContext.Set<TSaga>().Local.FindEntry(correlationId) is { } stale)
        {
            stale.State = EntityState.Detached;
        }

        return Locked(await LockAsync(correlationId).ConfigureAwait(false));
    }

    /// <summary>False when another message has inserted the instance first; it can be loaded then.</summary>
    public async Task<bool> InsertAsync(TSaga instance, CancellationToken cancellationToken)
    {
        if (_prefetched is { Saga: not null } prefetched && prefetched.Id == instance.CorrelationId)
        {
            return false;
        }

        _prefetched = null;
        session.PartitionKey = instance.CorrelationId.ToString();
        if (session.Unlocked is not null)
        {
            return true;
        }

        var transaction = (NpgsqlTransaction)session.DbContext.Database.CurrentTransaction!.GetDbTransaction();
        var statements = SagaStatements.Of<TSaga>(session.DbContext);
        if (!statements.IsFlat)
        {
            return await InsertBehindSavepointAsync(instance, transaction, cancellationToken).ConfigureAwait(false);
        }

        var entry = session.DbContext.Entry(instance);
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction)
        {
            BatchCommands = { statements.InsertOrNothing(entry) },
        };
        if (await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false) == 0)
        {
            return false;
        }

        entry.State = EntityState.Unchanged;
        session.Locked(instance);
        return true;
    }

    // Enumerated, not composed over: LINQ's Single would wrap the statement in a subquery.
    private async Task<TSaga?> LockAsync(Guid correlationId)
    {
        var rows = session.DbContext.Set<TSaga>().FromSqlRaw(Sql, correlationId).AsTracking().AsAsyncEnumerable().GetAsyncEnumerator();
        await using (rows.ConfigureAwait(false))
        {
            return await rows.MoveNextAsync().ConfigureAwait(false) ? rows.Current : null;
        }
    }

    private TSaga? Locked(TSaga? saga)
    {
        if (saga is not null)
        {
            session.Locked(saga);
        }

        return saga;
    }

    private string Sql => SagaStatements.Of<TSaga>(session.DbContext).Lock;

    private async Task<bool> InsertBehindSavepointAsync(TSaga instance, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await transaction.SaveAsync("saga_insert", cancellationToken).ConfigureAwait(false);
        var entry = session.DbContext.Add(instance);
        try
        {
            await session.DbContext.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (DbUpdateException exception)
            when (exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            await transaction.RollbackAsync("saga_insert", cancellationToken).ConfigureAwait(false);
            entry.State = EntityState.Detached;
            return false;
        }
    }
}
