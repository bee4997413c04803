namespace Clones.Domain;

/// <summary>
/// Values that are good for a while. Two generations: the younger one takes what is put, and replaces the older one after the longest age, so
/// that nothing has to be searched for what is to be forgotten.
/// </summary>
public sealed class ShortMemory<TKey, TValue>(TimeSpan ageMax, TimeProvider time)
    where TKey : notnull
{
    private readonly Lock gate = new();
    private Dictionary<TKey, (TValue Value, long At)> young = [];
    private Dictionary<TKey, (TValue Value, long At)> old = [];
    private long youngSince = time.GetTimestamp();

    /// <summary>Null where it is not known, or was put longer ago than the longest age.</summary>
    public bool TryGet(TKey key, out TValue value)
    {
        lock (gate)
        {
            if ((young.TryGetValue(key, out var found) || old.TryGetValue(key, out found)) && time.GetElapsedTime(found.At) <= ageMax)
            {
                value = found.Value;
                return true;
            }
        }
        value = default!;
        return false;
    }

    /// <param name="at">When it began to be read, by <see cref="TimeProvider.GetTimestamp"/>.</param>
    public void Put(TKey key, TValue value, long at)
    {
        lock (gate)
        {
            if (time.GetElapsedTime(youngSince) > ageMax)
            {
                (old, young, youngSince) = (young, [], time.GetTimestamp());
            }
            young[key] = (value, at);
        }
    }
}
