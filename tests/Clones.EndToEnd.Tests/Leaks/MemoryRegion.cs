using System.Globalization;

namespace Clones.EndToEnd.Tests.Leaks;

/// <summary>A line of /proc/PID/maps, see proc_pid_maps(5).</summary>
internal sealed record MemoryRegion(long Start, long End, string Permissions, string Name)
{
    public long Length => End - Start;

    // What the kernel itself maps ([vvar], [vsyscall]) cannot be read from outside.
    public bool IsReadable => Permissions.StartsWith('r') && !Name.StartsWith("[v", StringComparison.Ordinal);

    public static MemoryRegion Parse(string line)
    {
        var parts = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        var range = parts[0].Split('-');
        return new MemoryRegion(Address(range[0]), Address(range[1]), parts[1], parts.Length == 6 ? parts[5].Trim() : "");
    }

    private static long Address(string hex) => (long)ulong.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}

/// <param name="Around">Hex of what stands before and behind it, which tells whose memory it is. The keys are the test's own.</param>
internal sealed record MemoryFinding(Needle Needle, MemoryRegion Region, long Address, string Around)
{
    public override string ToString() =>
        $"{Needle} at {Address:x}, region {Region.Permissions} {Region.Start:x}-{Region.End:x} {Region.Name}: {Around}";
}

internal sealed record MemoryFindings(long Bytes, IReadOnlyList<MemoryFinding> All);
