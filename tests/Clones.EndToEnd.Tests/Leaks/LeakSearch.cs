using System.Buffers.Binary;
using System.Collections;

namespace Clones.EndToEnd.Tests.Leaks;

/// <summary>Looks for thousands of needles in one pass, some hundred megabytes a second.</summary>
internal sealed class LeakSearch
{
    public const int LengthMin = sizeof(ulong);

    /// <summary>Longer needles might lie across two pieces.</summary>
    public const int LengthMax = 512;

    // Three bytes decide nearly always; the rest is looked up.
    private readonly BitArray beginnings = new(1 << 24);
    private readonly Dictionary<ulong, List<Needle>> needles = [];

    public LeakSearch(IEnumerable<Needle> wanted)
    {
        foreach (var needle in wanted)
        {
            needle.Bytes.Length.ShouldBeInRange(LengthMin, LengthMax);
            beginnings[Beginning(needle.Bytes)] = true;
            var head = BinaryPrimitives.ReadUInt64LittleEndian(needle.Bytes);
            if (!needles.TryGetValue(head, out var same))
            {
                needles.Add(head, same = []);
            }
            same.Add(needle);
        }
    }

    /// <returns>What was found and where, in order.</returns>
    public IEnumerable<(Needle Needle, int At)> In(byte[] haystack, int length)
    {
        for (var at = 0; at + LengthMin <= length; at++)
        {
            if (
                beginnings[haystack[at] | (haystack[at + 1] << 8) | (haystack[at + 2] << 16)]
                && needles.TryGetValue(BinaryPrimitives.ReadUInt64LittleEndian(haystack.AsSpan(at)), out var candidates)
            )
            {
                foreach (var needle in candidates)
                {
                    if (haystack.AsSpan(at, length - at).StartsWith(needle.Bytes))
                    {
                        yield return (needle, at);
                    }
                }
            }
        }
    }

    public IEnumerable<(Needle Needle, int At)> In(byte[] haystack) => In(haystack, haystack.Length);

    private static int Beginning(byte[] bytes) => bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
}
