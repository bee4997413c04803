namespace Clones.Domain;

/// <summary>
/// Handles together what arrives together: while one group of a lane is handled, what comes for the lane gathers, and is the next group. The
/// first of an idle lane is handled at once; nothing ever waits for company.
/// </summary>
/// <param name="handle">Returns one result for each item.</param>
/// <param name="groupMax">Items in one group at most.</param>
/// <param name="isOfOne">Whether a failure is one item's, which must not fail its neighbours: the group is halved until it is found.</param>
public sealed class Coalescer<TLane, TItem, TResult>(
    Func<TLane, IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> handle,
    int groupMax,
    Func<Exception, bool> isOfOne
)
    where TLane : notnull
{
    private readonly Lock gate = new();
    private readonly Dictionary<TLane, Queue<Place>> lanes = [];

    public async Task<TResult> AddAsync(TLane lane, TItem item) => (await AddAsync(lane, [item]))[0];

    /// <summary>All of them next to each other, in their order.</summary>
    public Task<TResult[]> AddAsync(TLane lane, IReadOnlyList<TItem> items)
    {
        var places = items.Select(item => new Place(item)).ToList();
        lock (gate)
        {
            var isIdle = !lanes.TryGetValue(lane, out var queue);
            queue ??= lanes[lane] = new Queue<Place>();
            foreach (var place in places)
            {
                queue.Enqueue(place);
            }
            if (isIdle)
            {
                // The lane outlives its first request, and must not log or trace in its name.
                using var flow = ExecutionContext.SuppressFlow();
                _ = Task.Run(() => RunAsync(lane, queue));
            }
        }
        return Task.WhenAll(places.Select(place => place.Done.Task));
    }

    private async Task RunAsync(TLane lane, Queue<Place> queue)
    {
        while (true)
        {
            var group = new List<Place>();
            lock (gate)
            {
                while (group.Count < groupMax && queue.TryDequeue(out var place))
                {
                    group.Add(place);
                }
                if (group.Count == 0)
                {
                    lanes.Remove(lane);
                    return;
                }
            }

            await HandleAsync(lane, group);
        }
    }

    private async Task HandleAsync(TLane lane, List<Place> group)
    {
        try
        {
            var results = await handle(lane, group.ConvertAll(place => place.Item));
            for (var i = 0; i < group.Count; i++)
            {
                group[i].Done.SetResult(results[i]);
            }
        }
        catch (Exception e) when (group.Count > 1 && isOfOne(e))
        {
            foreach (var half in group.Chunk((group.Count + 1) / 2))
            {
                await HandleAsync(lane, [.. half]);
            }
        }
        catch (Exception e)
        {
            // Whoever waits gets the failure; the lane goes on with those that came since.
            foreach (var place in group)
            {
                place.Done.SetException(e);
            }
        }
    }

    private sealed class Place(TItem item)
    {
        public TItem Item { get; } = item;

        /// <summary>Those who wait do not run on the lane's way.</summary>
        public TaskCompletionSource<TResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
