namespace Clones.Domain;

/// <summary>
/// Shares lanes out among keys. A key keeps its lane as long as it has something in it, so that its items stay in their order; a new one gets
/// the lane with the fewest items, so that a lane that hangs gets no more keys than it has. A key that is parted goes without a lane until
/// what it had in its lane then is done.
/// </summary>
/// <param name="count">How many lanes there are.</param>
public sealed class StickyLanes<TKey>(int count)
    where TKey : notnull
{
    private readonly Lock gate = new();
    private readonly int[] items = new int[count];
    private readonly Dictionary<TKey, Place> shared = [];
    private readonly Dictionary<TKey, Place> parted = [];

    /// <summary>For one item; to be given back by <see cref="Leave"/>.</summary>
    /// <returns>Null where the key goes alone.</returns>
    public Place? Enter(TKey key)
    {
        lock (gate)
        {
            if (parted.ContainsKey(key))
            {
                return null;
            }
            if (!shared.TryGetValue(key, out var place))
            {
                place = shared[key] = new Place(key, items.AsSpan().IndexOf(items.Min()));
            }
            place.Items++;
            items[place.Lane]++;
            return place;
        }
    }

    public void Leave(Place place)
    {
        lock (gate)
        {
            var isParted = parted.TryGetValue(place.Key, out var known) && known == place;
            if (!isParted)
            {
                items[place.Lane]--;
            }
            if (--place.Items == 0)
            {
                (isParted ? parted : shared).Remove(place.Key);
            }
        }
    }

    /// <summary>False where the key goes alone.</summary>
    public bool IsShared(TKey key)
    {
        lock (gate)
        {
            return !parted.ContainsKey(key);
        }
    }

    /// <summary>What the key has in its lane, and what comes for it meanwhile, goes alone.</summary>
    public void Part(TKey key)
    {
        lock (gate)
        {
            if (shared.Remove(key, out var place))
            {
                items[place.Lane] -= place.Items;
                parted[key] = place;
            }
        }
    }

    /// <summary>Of a key in a lane.</summary>
    public sealed class Place
    {
        internal Place(TKey key, int lane) => (Key, Lane) = (key, lane);

        public int Lane { get; }

        internal TKey Key { get; }

        internal int Items { get; set; }
    }
}
