namespace Clones.Domain;

/// <summary>
/// Shares lanes out among keys. A key keeps its lane as long as it has something in it, so that its items stay in their order; a new one gets
/// the lane with the fewest items, so that a lane that hangs gets no more keys than it has. A key that is parted goes without a lane until it
/// has nothing left.
/// </summary>
/// <param name="count">How many lanes there are.</param>
public sealed class StickyLanes<TKey>(int count)
    where TKey : notnull
{
    private readonly Lock gate = new();
    private readonly int[] items = new int[count];
    private readonly Dictionary<TKey, (int? Lane, int Items)> keys = [];

    /// <returns>The lane; null where the key goes alone.</returns>
    public int? Enter(TKey key, int added)
    {
        lock (gate)
        {
            var (lane, held) = keys.TryGetValue(key, out var known) ? known : (items.AsSpan().IndexOf(items.Min()), 0);
            keys[key] = (lane, held + added);
            Count(lane, added);
            return lane;
        }
    }

    public void Leave(TKey key, int removed)
    {
        lock (gate)
        {
            var (lane, held) = keys[key];
            Count(lane, -removed);
            if (held == removed)
            {
                keys.Remove(key);
            }
            else
            {
                keys[key] = (lane, held - removed);
            }
        }
    }

    /// <summary>False where the key goes alone.</summary>
    public bool IsShared(TKey key)
    {
        lock (gate)
        {
            return !keys.TryGetValue(key, out var known) || known.Lane is not null;
        }
    }

    /// <summary>What comes for the key goes alone from now on; what it has in its lane is no longer counted there.</summary>
    public void Part(TKey key)
    {
        lock (gate)
        {
            if (keys.TryGetValue(key, out var known))
            {
                Count(known.Lane, -known.Items);
                keys[key] = (null, known.Items);
            }
        }
    }

    private void Count(int? lane, int change)
    {
        if (lane is { } shared)
        {
            items[shared] += change;
        }
    }
}
