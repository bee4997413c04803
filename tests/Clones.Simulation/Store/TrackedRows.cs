using Clones.Domain.Transactions;

namespace Clones.Simulation.Store;

/// <summary>
/// What one database transaction has read and changed, as PostgreSQL and the real mapper keep it. Its questions see what is committed, and over
/// that what it saved itself; what was changed in a row that was handed out counts when it is saved.
/// </summary>
/// <param name="onSigned">Planted by a test: what is done with a signed attempt before it is committed.</param>
internal sealed class TrackedRows(Database database, Action<TransactionAttempt>? onSigned)
{
    private readonly Dictionary<object, Entry> entries = new(ReferenceEqualityComparer.Instance);
    private readonly List<Entry> added = [];

    /// <summary>The rows as the questions of this transaction see them: not to be changed.</summary>
    public IEnumerable<T> All<T>()
        where T : class => Seen<T>().Select(seen => seen.Row);

    public IEnumerable<Seen<T>> Seen<T>()
        where T : class
    {
        foreach (var row in Table<T>.Only.Rows(database))
        {
            yield return Of(row);
        }
        foreach (var entry in added)
        {
            if (entry is Entry<T> { IsSaved: true } own)
            {
                yield return new Seen<T>(this, null, own);
            }
        }
    }

    /// <summary>A committed row as this transaction sees it.</summary>
    public Seen<T> Of<T>(T committed)
        where T : class => new(this, committed, entries.Count == 0 ? null : (Entry<T>?)entries.GetValueOrDefault(committed));

    /// <summary>By its id, as this transaction sees it; null where there is none.</summary>
    public Seen<ChainTransaction>? Transaction(Guid id) =>
        database.Transactions.TryGetValue(id, out var row)
            ? Of(row)
            : Seen<ChainTransaction>().Where(s => s.Row.Id == id).Select(s => (Seen<ChainTransaction>?)s).FirstOrDefault();

    /// <summary>Hands those rows out of which it is true.</summary>
    public List<T> Find<T>(Func<T, bool> isWanted)
        where T : class => [.. Seen<T>().Where(seen => isWanted(seen.Row)).ToList().Select(seen => seen.Track())];

    /// <summary>By number. Attempts that were handed out are among those of their transactions, where these were handed out too.</summary>
    public List<TransactionAttempt> FindAttempts(Func<TransactionAttempt, bool> isWanted)
    {
        List<TransactionAttempt> found = [.. Find(isWanted).OrderBy(a => a.Number)];
        foreach (var attempt in found)
        {
            if (Transaction(attempt.TransactionId)?.Tracked is { } transaction && !transaction.Attempts.Contains(attempt))
            {
                transaction.Attempts.Add(attempt);
            }
        }
        return found;
    }

    /// <summary>A new row, to be saved.</summary>
    public void Add<T>(T row)
        where T : class
    {
        added.Add(new Entry<T>(null, row));
        if (row is TransactionAttempt { WireBytes: not null } attempt)
        {
            onSigned?.Invoke(attempt);
        }
    }

    /// <exception cref="DatabaseFailure">A unique index rejects it.</exception>
    public void Save()
    {
        foreach (var entry in entries.Values)
        {
            if (entry.Save() && entry is Entry<TransactionAttempt> { Saved.WireBytes: not null } signed)
            {
                onSigned?.Invoke(signed.Saved);
            }
        }
        foreach (var entry in added)
        {
            if (entry is Entry<ChainTransaction> { IsSaved: false, Now: { NextCheckAt: var at } transaction } && at == default)
            {
                transaction.NextCheckAt = database.Clock + WakeUp.First;
            }
            entry.Save();
        }
        UniqueIndexes.Check(this, [.. entries.Values.Where(e => e.IsSaved).Concat(added)], database.Faults.WithoutUniqueIndexes);
    }

    /// <summary>Drops what is not saved. What was handed out is nobody's any more.</summary>
    public void Forget()
    {
        added.RemoveAll(e => !e.IsSaved);
        foreach (var entry in entries.Values.Concat(added))
        {
            entry.Forget();
        }
    }

    public void Forget<T>(Predicate<T> isForgotten)
        where T : class => added.RemoveAll(e => e is Entry<T> { IsSaved: false } row && isForgotten(row.Now));

    /// <summary>Saves, and makes it visible to all.</summary>
    /// <exception cref="DatabaseFailure">A unique index rejects it; nothing of it has happened.</exception>
    public void Apply()
    {
        Save();
        foreach (var entry in entries.Values.Concat(added))
        {
            entry.Apply(database);
        }
    }

    public Entry<T> Enter<T>(T committed)
        where T : class
    {
        if (!entries.TryGetValue(committed, out var entry))
        {
            entries[committed] = entry = new Entry<T>(committed, Row<T>.Copy(committed));
        }
        return (Entry<T>)entry;
    }

    internal abstract class Entry
    {
        /// <summary>Whether this transaction has written it.</summary>
        public bool IsSaved { get; protected set; }

        /// <returns>Whether there was anything to save.</returns>
        public abstract bool Save();

        public abstract void Forget();

        public abstract void Apply(Database database);
    }

    /// <param name="committed">Null for a new row.</param>
    /// <param name="now">The row that is handed out, or was added.</param>
    internal sealed class Entry<T>(T? committed, T now) : Entry
        where T : class
    {
        private T before = committed is null ? now : Row<T>.Copy(committed);

        public T Now { get; private set; } = now;

        /// <summary>As this transaction's questions see it.</summary>
        public T Saved { get; private set; } = committed ?? now;

        public override bool Save()
        {
            if (!IsSaved && committed is null)
            {
                IsSaved = true;
                Saved = Row<T>.Copy(Now);
                return true;
            }
            if (!IsSaved && !Row<T>.Differ(before, Now))
            {
                return false;
            }
            Own();
            return Row<T>.Write(Saved, Now, Saved);
        }

        /// <summary>A statement of its own, past the mapper.</summary>
        public void Update(Action<T> write)
        {
            Own();
            write(Saved);
            write(Now);
        }

        /// <summary>Reads it again, under its lock.</summary>
        public void Refresh()
        {
            if (!IsSaved)
            {
                Saved = committed!;
                before = Row<T>.Copy(committed!);
            }
            Row<T>.Write(Now, Saved, Now);
        }

        public override void Forget() => Now = Row<T>.Copy(Saved);

        public override void Apply(Database database)
        {
            if (committed is null)
            {
                Table<T>.Only.Insert(database, Saved);
            }
            else if (IsSaved)
            {
                database.Transitions.Note(committed, before, Saved);
                Row<T>.Write(before, Saved, committed);
            }
        }

        private void Own()
        {
            if (!IsSaved)
            {
                IsSaved = true;
                Saved = Row<T>.Copy(before);
            }
        }
    }
}

/// <summary>A row as a question of a database transaction has found it.</summary>
internal readonly struct Seen<T>(TrackedRows rows, T? committed, TrackedRows.Entry<T>? entry)
    where T : class
{
    /// <summary>Not to be changed.</summary>
    public T Row => entry?.Saved ?? committed!;

    /// <summary>The row that was handed out before; null where it was not.</summary>
    public T? Tracked => entry?.Now;

    /// <summary>Hands it out: what is changed in it is saved.</summary>
    public T Track() => (entry ?? rows.Enter(committed!)).Now;

    /// <summary>The same, as it is now that its lock is held.</summary>
    public T TrackAnew()
    {
        entry?.Refresh();
        return Track();
    }

    /// <inheritdoc cref="TrackedRows.Entry{T}.Update"/>
    public void Update(Action<T> write) => (entry ?? rows.Enter(committed!)).Update(write);
}
