namespace Clones.Settlement.Chain;

/// <summary>A few at a time of what may take several requests each: the nodes are not flooded, and one that hangs does not hold up all.</summary>
internal static class Lanes
{
    /// <param name="lanesMax">At most so many at a time.</param>
    /// <exception cref="Exception">The first that one of them threw, once all lanes have ended.</exception>
    public static async Task RunAsync<T>(IReadOnlyList<T> items, Func<T, Task> act, int lanesMax = 32)
    {
        var taken = -1;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(lanesMax, items.Count)).Select(_ => LaneAsync()));

        async Task LaneAsync()
        {
            for (var i = Interlocked.Increment(ref taken); i < items.Count; i = Interlocked.Increment(ref taken))
            {
                await act(items[i]);
            }
        }
    }
}
