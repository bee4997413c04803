using System.Data;
using Clones.Messaging.Inbox;
using Clones.Messaging.Outbox;
using Clones.Messaging.Sagas;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Clones.Messaging;

/// <summary>
/// The unit of work of one consumed message: one DbContext, one transaction, which holds the inbox mark, whatever consumers, sagas and
/// activities wrote, and the messages to be sent. Scoped, like the DbContext.
/// </summary>
internal sealed class MessagingSession<TDbContext>(
    TDbContext dbContext,
    OutboxDispatcher<TDbContext> dispatcher,
    OutboxOptionsOf<TDbContext> options,
    TimeProvider time
)
    where TDbContext : DbContext
{
    private readonly List<OutboxMessage> _outbox = [];
    private readonly List<object> _locked = [];
    private InboxMark? _mark;
    private IDbContextTransaction? _transaction;
    private bool _closed;

    public TDbContext DbContext => dbContext;

    /// <summary>The key of messages that are sent now: the id of the saga whose behaviour runs.</summary>
    public string? PartitionKey { get; set; }

    /// <summary>A unit of work is open, or announced and will be opened by the first statement.</summary>
    public bool IsOpen => _transaction is not null || _mark is not null;

    /// <summary>A unit of work that is announced and has run nothing yet.</summary>
    public bool IsAnnounced => _mark is not null && _transaction is null;

    /// <summary>The saga instance that this message reads and saves without a lock.</summary>
    public UnlockedSaga? Unlocked { get; private set; }

    /// <summary>The message was found to be handled already.</summary>
    public bool Duplicate { get; private set; }

    /// <summary>The row of this saga instance is locked by this unit of work.</summary>
    public void Locked(object saga) => _locked.Add(saga);

    /// <summary>Announces the unit of work without a round trip: whoever reads first takes the mark along.</summary>
    public void Announce(InboxMark mark)
    {
        if (IsOpen || _closed)
        {
            throw new InvalidOperationException(
                "This scope has handled a message already: the outbox needs a scope of its own per message."
            );
        }

        _mark = mark;
    }

    /// <summary>Opens the unit of work. False when this consumer has handled this message before.</summary>
    public async Task<bool> BeginAsync(CancellationToken cancellationToken)
    {
        var transaction = await OpenAsync(cancellationToken).ConfigureAwait(false);
        if (_mark is null || _mark.Written)
        {
            return true;
        }

        await using var batch = new NpgsqlBatch(transaction.Connection, transaction);
        batch.BatchCommands.Add(_mark.Statement(MessagingTables.Of(dbContext)));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        _mark.Written = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        await reader.DisposeAsync().ConfigureAwait(false);
        return _mark.Written || await IsKnownAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Opens the unit of work and runs <paramref name="query"/>, its first, in the same round trip. <c>Fresh</c> is false when this
    /// consumer has handled this message before.
    /// </summary>
    public async Task<(bool Fresh, T? Result)> BeginWithAsync<T>(Func<Task<T?>> query, CancellationToken cancellationToken)
        where T : class
    {
        await OpenAsync(cancellationToken).ConfigureAwait(false);
        if (_mark is null || _mark.Written)
        {
            return (true, await query().ConfigureAwait(false));
        }

        var prelude = new StatementPrelude(_mark.Statement(MessagingTables.Of(dbContext)));
        T? result;
        using (StatementPrelude.Attach(dbContext, prelude))
        {
            result = await query().ConfigureAwait(false);
        }

        _mark.Written = prelude.HadRow ?? throw new InvalidOperationException("The inbox statement did not run before the first query.");
        return (_mark.Written || await IsKnownAsync(cancellationToken).ConfigureAwait(false), result);
    }

    /// <summary>
    /// Reads an instance without a lock and without opening a transaction; the commit saves it together with others. <c>Fresh</c> is false
    /// when this consumer has handled this message before.
    /// </summary>
    public async Task<(bool Fresh, TSaga? Saga)> ReadAsync<TSaga>(SagaGroups<TSaga, TDbContext> groups, Guid id)
        where TSaga : class, ISaga
    {
        var (fingerprint, saga, unlocked) = await groups.ReadAsync(_mark!, id).ConfigureAwait(false);
        Unlocked = unlocked;
        UnlockedSaga.Guard.Close(dbContext);
        Duplicate = fingerprint is not null;
        return fingerprint is null || fingerprint == _mark!.Fingerprint
            ? (!Duplicate, saga)
            : throw new MessageIdReusedException(_mark.MessageId);
    }

    public void Add<T>(SendContext<T> context)
        where T : class
    {
        if (_closed)
        {
            throw new InvalidOperationException(
                $"{TypeCache<T>.ShortName} was published after its unit of work had ended; await every publish inside the consumer."
            );
        }

        _outbox.Add(OutboxMessageCapture.From(context, PartitionKey, time.GetUtcNow().UtcDateTime));
    }

    /// <summary>Saves, commits and hands the messages to the dispatcher.</summary>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        UnlockedSaga.Guard.Open(dbContext);
        if (Unlocked is { IsChanged: true } unlocked)
        {
            _closed = true;
            if (dbContext.ChangeTracker.HasChanges())
            {
                throw UnlockedSaga.Guard.Misuse(dbContext);
            }

            await unlocked.SaveAsync(_outbox).ConfigureAwait(false);
            await EndAsync().ConfigureAwait(false);
            return;
        }

        if (_transaction is null && !await BeginAsync(cancellationToken).ConfigureAwait(false))
        {
            await RollbackAsync().ConfigureAwait(false);
            return;
        }

        _closed = true;
        var sagas = SagaSave.Plan(dbContext, _locked);
        if (sagas is null)
        {
            await dbContext.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        }

        var transaction = (NpgsqlTransaction)_transaction!.GetDbTransaction();
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction);
        foreach (var saga in sagas ?? [])
        {
            batch.BatchCommands.Add(saga);
        }

        var table = _outbox.Count == 0 ? "" : MessagingTables.Of(dbContext).Outbox;
        var owner = dispatcher.Owner;
        foreach (var row in _outbox)
        {
            batch.BatchCommands.Add(OutboxRows.Insert(table, row, owner, options.Value.BlockingAttempts));
        }
        // Without a statement before it, COMMIT of a transaction that had failed would be a silent rollback.
        if (batch.BatchCommands.Count == 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT 1"));
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
        var ticket = dispatcher.Prepare(_outbox);
        try
        {
            // Not cancellable: a commit that is cancelled half-way has an unknown outcome.
            await using var reader = await batch.ExecuteReaderAsync(CancellationToken.None).ConfigureAwait(false);
            foreach (var row in _outbox)
            {
                await reader.ReadAsync(CancellationToken.None).ConfigureAwait(false);
                row.SequenceNumber = reader.GetInt64(0);
                row.LeaseOwner = reader.IsDBNull(1) ? null : reader.GetGuid(1);
                await reader.NextResultAsync(CancellationToken.None).ConfigureAwait(false);
            }
            // To the end: only there does a commit that failed say so.
            while (await reader.NextResultAsync(CancellationToken.None).ConfigureAwait(false)) { }
        }
        catch (PostgresException exception) when (exception.InvariantSeverity is "ERROR")
        {
            OutboxDispatcher<TDbContext>.Abandon(ticket);
            throw;
        }
        catch
        {
            dispatcher.Disown(ticket);
            throw;
        }
        await EndAsync().ConfigureAwait(false);
        dispatcher.Deliver(ticket);
    }

    public async Task RollbackAsync()
    {
        _closed = true;
        await EndAsync().ConfigureAwait(false);
    }

    private async Task EndAsync()
    {
        if (_transaction is { } transaction)
        {
            _transaction = null;
            await transaction.DisposeAsync().ConfigureAwait(false);
        }
        _mark = null;
        if (Unlocked is { } unlocked)
        {
            Unlocked = null;
            UnlockedSaga.Guard.Open(dbContext);
            unlocked.Leave();
        }
    }

    private async Task<NpgsqlTransaction> OpenAsync(CancellationToken cancellationToken)
    {
        if (_transaction is null)
        {
            if (dbContext.Database.CurrentTransaction is not null)
            {
                throw new InvalidOperationException(
                    $"{typeof(TDbContext).Name} has a transaction already; the unit of work of a message opens its own."
                );
            }

            if (dbContext.Database.CreateExecutionStrategy().RetriesOnFailure)
            {
                throw new InvalidOperationException(
                    "EnableRetryOnFailure cannot retry a consumer: remove it and retry on the bus (UseRetryPolicy)."
                );
            }
            // A savepoint per SaveChanges is a round trip, and a failed statement ends the message's attempt anyway.
            dbContext.Database.AutoSavepointsEnabled = false;
            _transaction = await dbContext
                .Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken)
                .ConfigureAwait(false);
        }
        return (NpgsqlTransaction)_transaction.GetDbTransaction();
    }

    /// <summary>The mark was not written: either it exists (false), or the message is too old to tell (throws).</summary>
    private async Task<bool> IsKnownAsync(CancellationToken cancellationToken)
    {
        var transaction = (NpgsqlTransaction)_transaction!.GetDbTransaction();
        await _mark!.EnsureDuplicateAsync(transaction, MessagingTables.Of(dbContext), cancellationToken).ConfigureAwait(false);
        Duplicate = true;
        return false;
    }
}
