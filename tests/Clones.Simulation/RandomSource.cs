namespace Clones.Simulation;

/// <summary>SplitMix64: the same numbers for the same seed on every machine and every version of the runtime.</summary>
internal sealed class RandomSource(ulong seed)
{
    private ulong state = seed;

    public ulong Next()
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Low to high, both included.</summary>
    public int Between(int low, int high) => low + (int)(Next() % (ulong)(high - low + 1));

    public bool Chance(double probability) => Next() >> 11 < probability * (1UL << 53);

    public T Of<T>(IReadOnlyList<T> choices) => choices[Between(0, choices.Count - 1)];

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i += 8)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(i), Next());
        }
        return bytes;
    }

    public Guid Guid() => new(Bytes(16));
}
