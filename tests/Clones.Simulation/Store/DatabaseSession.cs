using Clones.Domain.Transactions;

namespace Clones.Simulation.Store;

/// <summary>A database transaction of one process: its connection, its locks, its rows, its messages, its commit.</summary>
internal class DatabaseSession
{
    private readonly Database database;
    private readonly SimulatedProcess process;

    public DatabaseSession(Database database, SimulatedProcess process, Action<TransactionAttempt>? onSigned = null)
    {
        this.database = database;
        this.process = process;
        Rows = new TrackedRows(database, onSigned);
        database.Opened(this);
        process.OnDeath(Abort);
    }

    /// <summary>Committed, rolled back, or its connection is gone.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The row that it waits for; null while it waits for none.</summary>
    public (Type Table, Guid Id)? WaitsFor { get; set; }

    /// <summary>The message that this work handles: handled twice it does nothing.</summary>
    public (Type Consumer, Guid Message)? Handles { get; init; }

    public TrackedRows Rows { get; }

    protected Database Database => database;

    protected List<object> Outbox { get; } = [];

    /// <summary>Whoever waits for a lock hears of it.</summary>
    private Action Aborted { get; set; } = () => { };

    /// <summary>Whether the message was handled before.</summary>
    public Task<bool> IsHandledAsync() => AskAsync(() => Handles is { } handled && database.Inbox.Contains(handled));

    public Task CommitAsync(CancellationToken cancellationToken) =>
        AskAsync(() =>
        {
            if (database.CommitIsRejected())
            {
                Abort();
                throw new DatabaseFailure("The commit was rejected.");
            }
            try
            {
                if (Handles is { } handled && !database.Inbox.Add(handled))
                {
                    throw new DatabaseFailure("The message is in the inbox already.");
                }
                ApplyOrForget();
                Outbox.ForEach(database.Committed);
            }
            finally
            {
                IsOver = true;
                database.Release(this);
            }
            return database.AcknowledgementIsLost()
                ? throw new DatabaseFailure("The connection was lost while the commit was under way.")
                : true;
        });

    public void Abort()
    {
        if (!IsOver)
        {
            IsOver = true;
            database.Release(this);
            Aborted();
        }
    }

    /// <summary>Locks the row, when those before have let go, and reads it then.</summary>
    public Task<T> LockAsync<T>((Type Table, Guid Id) row, Func<T> read)
    {
        var answer = new TaskCompletionSource<T>();
        Aborted += () => process.Deliver(() => answer.TrySetException(new DatabaseFailure("The connection is gone.")));
        _ = AskForLockAsync();
        return answer.Task;

        async Task AskForLockAsync()
        {
            try
            {
                await AskAsync(() =>
                {
                    database.Lock(row, this, () => process.Deliver(() => answer.TrySetResult(read())));
                    return true;
                });
            }
            catch (Exception e)
            {
                answer.TrySetException(e);
            }
        }
    }

    public Task<T> AskAsync<T>(Func<T> answer) =>
        database.AskAsync(process, () => IsOver ? throw new DatabaseFailure("The connection is gone.") : answer());

    /// <summary>Locks the rows of which it is true, each as soon as it is free, and hands out those of which it is still true then.</summary>
    public async Task<List<T>> LockAsync<T>(Func<T, bool> isWanted, Func<T, Guid> idOf)
        where T : class
    {
        var found = await AskAsync(() => Rows.All<T>().Where(isWanted).Select(idOf).ToList());
        var locked = new List<T>();
        foreach (var id in found)
        {
            locked.AddRange(
                await LockAsync(
                    (typeof(T), id),
                    () => Rows.Seen<T>().Where(s => idOf(s.Row) == id && isWanted(s.Row)).ToList().ConvertAll(s => s.TrackAnew())
                )
            );
        }
        return locked;
    }

    private void ApplyOrForget()
    {
        try
        {
            Rows.Apply();
        }
        catch (DatabaseFailure) when (Handles is { } handled)
        {
            database.Inbox.Remove(handled);
            throw;
        }
    }
}
