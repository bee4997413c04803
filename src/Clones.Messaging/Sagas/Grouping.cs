namespace Clones.Messaging.Sagas;

/// <summary>Hands on together what has come while the groups before were under way. It never waits for more to come.</summary>
/// <param name="handle">Must not throw.</param>
internal sealed class Grouping<T>(Func<IReadOnlyList<T>, Task> handle)
{
    // A second group on its way keeps the database busy while the first is prepared or read.
    private const int AtOnce = 2;
    private const int Largest = 64;

    private readonly Lock _gate = new();
    private readonly Queue<T> _waiting = [];
    private int _running;

    public void Add(T item)
    {
        lock (_gate)
        {
            _waiting.Enqueue(item);
            if (_running == AtOnce)
            {
                return;
            }

            _running++;
        }
        // A group belongs to no single message: neither do its trace and its log scopes.
        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(RunAsync);
        }
    }

    private async Task RunAsync()
    {
        while (Next() is { Count: > 0 } group)
        {
            await handle(group).ConfigureAwait(false);
        }
    }

    private List<T> Next()
    {
        lock (_gate)
        {
            var group = new List<T>(Math.Min(_waiting.Count, Largest));
            while (group.Count < Largest && _waiting.TryDequeue(out var item))
            {
                group.Add(item);
            }

            if (group.Count == 0)
            {
                _running--;
            }

            return group;
        }
    }
}
