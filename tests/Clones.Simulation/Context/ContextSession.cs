using Clones.Domain.Transactions;
using Clones.Simulation.Store;

namespace Clones.Simulation.Context;

/// <summary>A database transaction that a real context works in: it sees what others have committed, and over that what it wrote itself.</summary>
internal sealed class ContextSession(Database database, SimulatedProcess process) : DatabaseSession(database, process)
{
    private readonly List<Change> changes = [];

    /// <summary>Planted by a test: what is done with an attempt that is to be committed.</summary>
    public Action<TransactionAttempt>? OnSigned { get; init; }

    public void Publish(IEnumerable<object> messages) => Outbox.AddRange(messages);

    /// <summary>Copies of the rows as this transaction sees them; of what is committed where there is no transaction.</summary>
    public static IEnumerable<object> View(Type type, Database database, ContextSession? session)
    {
        var table = Table.For(type);
        foreach (var row in table.Rows(database))
        {
            yield return table.Copy(session?.Find(table, table.KeyOf(row))?.Now ?? row);
        }
        foreach (var change in session?.changes ?? [])
        {
            if (change.Table == table && change.Committed is null)
            {
                yield return table.Copy(change.Now);
            }
        }
    }

    /// <summary>What the database gives to a row that it numbers itself.</summary>
    public long NextNumber() => ++Database.Numbers;

    public void Insert(object row)
    {
        var table = Table.For(row.GetType());
        var copy = table.Copy(row);
        if (copy is ChainTransaction { NextCheckAt: var at } transaction && at == default)
        {
            transaction.NextCheckAt = Database.Clock + WakeUp.First;
        }
        changes.Add(new Change(table, table.KeyOf(row), null, row, copy));
    }

    /// <param name="write">Is given the row as this transaction sees it.</param>
    /// <exception cref="DatabaseFailure">There is no such row.</exception>
    public void Update(object like, Action<object> write)
    {
        var table = Table.For(like.GetType());
        var key = table.KeyOf(like);
        if (Find(table, key) is not { } change)
        {
            var row = table.Rows(Database).FirstOrDefault(r => table.KeyOf(r).Equals(key)) ?? throw new DatabaseFailure("The row is gone.");
            changes.Add(change = new Change(table, key, row, table.Copy(row), table.Copy(row)));
        }
        write(change.Now);
        if (change.Now is TransactionAttempt { WireBytes: not null } attempt)
        {
            OnSigned?.Invoke(attempt);
        }
    }

    protected override void Apply()
    {
        UniqueIndexes.Check(Database, this);
        foreach (var change in changes)
        {
            if (change.Committed is { } row)
            {
                Database.Transitions.Note(row, change.Before, change.Now);
                change.Table.Write(change.Before, change.Now, row);
            }
            else
            {
                change.Table.Insert(Database, change.Now);
            }
        }
    }

    private Change? Find(Table table, object key) => changes.Find(c => c.Table == table && c.Key.Equals(key));

    /// <param name="Committed">The row that is there already; null for a new one.</param>
    private sealed record Change(Table Table, object Key, object? Committed, object Before, object Now);
}
