using System.Runtime.CompilerServices;
using Clones.Messaging.Outbox;
using MassTransit;
using MassTransit.Middleware;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Clones.Messaging.BusOutbox;

/// <summary>
/// Messages published in a scope that consumes nothing (a request, a job). They become rows with the next SaveChanges of the scope's
/// DbContext, and are delivered when its transaction has committed.
/// </summary>
internal abstract class BusOutboxScope(IServiceProvider provider, TimeProvider time) : OutboxSendContext
{
    private static readonly ConditionalWeakTable<DbContext, BusOutboxScope> Scopes = [];

    private readonly List<OutboxMessage> _saved = [];

    private DbContext? _dbContext;

    protected List<OutboxMessage> Pending { get; } = [];

    public static BusOutboxScope? Of(DbContext? dbContext) =>
        dbContext is not null && Scopes.TryGetValue(dbContext, out var scope) ? scope : null;

    public object? GetService(Type serviceType) => provider.GetService(serviceType);

    public Task AddSend<T>(SendContext<T> context)
        where T : class
    {
        Pending.Add(OutboxMessageCapture.From(context, null, time.GetUtcNow().UtcDateTime));
        _dbContext = ResolveDbContext();
        Scopes.AddOrUpdate(_dbContext, this);
        return Task.CompletedTask;
    }

    /// <summary>Before SaveChanges: the messages join what is saved.</summary>
    public void Saving(DbContext dbContext)
    {
        Lease();
        dbContext.AddRange(Pending);
        _saved.AddRange(Pending);
        Pending.Clear();
    }

    /// <summary>The same; several messages of an open transaction by one statement, however many they are.</summary>
    public async Task SavingAsync(DbContext dbContext, CancellationToken cancellationToken)
    {
        if (Pending.Count < 2 || dbContext.Database.CurrentTransaction?.GetDbTransaction() is not NpgsqlTransaction transaction)
        {
            Saving(dbContext);
            return;
        }

        Lease();
        await using var command = OutboxRows.InsertMany(MessagingTables.Of(dbContext).Outbox, Pending);
        command.Connection = transaction.Connection;
        command.Transaction = transaction;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var rows = Pending.ToDictionary(x => x.MessageId);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            rows[reader.GetGuid(0)].SequenceNumber = reader.GetInt64(1);
        }
        _saved.AddRange(Pending);
        Pending.Clear();
    }

    private void Lease()
    {
        foreach (var row in Pending)
        {
            // Only the sweepers see the order across processes; and a row without an owner is theirs at once.
            row.LeaseOwner = row.PartitionKey is null && row.EnqueueTime is null ? Owner : null;
            if (row.LeaseOwner is null)
            {
                row.AvailableAt = row.EnqueueTime ?? DateTime.UnixEpoch;
            }
        }
    }

    public void Failed(DbContext dbContext)
    {
        foreach (var row in _saved.Where(x => dbContext.Entry(x).State is EntityState.Added).ToList())
        {
            dbContext.Entry(row).State = EntityState.Detached;
            _saved.Remove(row);
            Pending.Add(row);
        }
    }

    public void Saved(DbContext dbContext)
    {
        foreach (var row in _saved)
        {
            dbContext.Entry(row).State = EntityState.Detached;
        }

        if (dbContext.Database.CurrentTransaction is null)
        {
            Committed();
        }
    }

    public void Committed()
    {
        if (_saved.Count == 0)
        {
            return;
        }

        OutboxMessage[] rows = [.. _saved];
        _saved.Clear();
        Deliver(rows);
    }

    public void RolledBack() => _saved.Clear();

    /// <summary>A pooled DbContext outlives this scope and must not find it again.</summary>
    protected void LetGo()
    {
        if (_dbContext is { } dbContext)
        {
            Scopes.Remove(dbContext);
        }
    }

    protected abstract Guid? Owner { get; }
    protected abstract DbContext ResolveDbContext();
    protected abstract void Deliver(OutboxMessage[] rows);
}

/// <inheritdoc />
internal sealed class BusOutboxScope<TDbContext>(
    IServiceProvider provider,
    OutboxDispatcher<TDbContext> dispatcher,
    TimeProvider time,
    ILogger<BusOutboxScope<TDbContext>> logger
) : BusOutboxScope(provider, time), IDisposable
    where TDbContext : DbContext
{
    private readonly IServiceProvider _provider = provider;

    protected override Guid? Owner => dispatcher.Owner;

    protected override DbContext ResolveDbContext() => _provider.GetRequiredService<TDbContext>();

    protected override void Deliver(OutboxMessage[] rows) => dispatcher.Deliver(dispatcher.Prepare(rows));

    /// <summary>
    /// Messages that nobody saved are gone. That is right after a failed request, and a bug after a successful one; this end cannot tell,
    /// so it is said loudly and not thrown over whatever ended the scope.
    /// </summary>
    public void Dispose()
    {
        LetGo();
        if (Pending.Count > 0)
        {
            logger.LogError(
                "{Count} messages were published but never saved, and are lost: {MessageTypes}. Call SaveChanges on {DbContext} after publishing.",
                Pending.Count,
                string.Join(", ", Pending.Select(x => x.MessageType).Distinct()),
                typeof(TDbContext).Name
            );
        }
    }
}
