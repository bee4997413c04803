using System.Diagnostics;

namespace Clones.EndToEnd.Tests.Leaks;

/// <summary>
/// Searches the memory of a living process, region by region, as root (the workers let no other process of their user read it). Nothing of it
/// touches a disk.
/// </summary>
internal static class ProcessMemory
{
    private const int PieceLength = 8 << 20;

    public static async Task<MemoryFindings> SearchAsync(int processId, LeakSearch search, CancellationToken cancellationToken)
    {
        var maps = await ReadAllAsync("cat", [$"/proc/{processId}/maps"], cancellationToken);
        var regions = maps.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(MemoryRegion.Parse).Where(r => r.IsReadable);
        var (found, bytes) = (new List<MemoryFinding>(), 0L);
        var piece = new byte[PieceLength + LeakSearch.LengthMax];
        foreach (var region in regions)
        {
            await using var memory = Open(processId, region);
            // What may be the beginning of a needle is kept for the next piece.
            var (kept, at) = (0, region.Start);
            while (await ReadAsync(memory, piece.AsMemory(kept), region.End - at - kept, cancellationToken) is > 0 and var read)
            {
                bytes += read;
                var filled = kept + read;
                found.AddRange(
                    search.In(piece, filled).Select(f => new MemoryFinding(f.Needle, region, at + f.At, Around(piece, f.At, filled)))
                );
                kept = Math.Min(filled, LeakSearch.LengthMax - 1);
                Array.Copy(piece, filled - kept, piece, 0, kept);
                at += filled - kept;
            }
        }
        return new MemoryFindings(bytes, [.. found.DistinctBy(f => (f.Address, f.Needle))]);
    }

    // Ends where the rest cannot be read: a mapping may be longer than its file.
    private static async Task<int> ReadAsync(Stream memory, Memory<byte> piece, long left, CancellationToken cancellationToken)
    {
        try
        {
            return await memory.ReadAsync(piece[..(int)Math.Min(piece.Length, left)], cancellationToken);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static string Around(byte[] piece, int at, int filled) =>
        Convert.ToHexStringLower(piece.AsSpan(Math.Max(0, at - 64)..Math.Min(filled, at + 96)));

    private static Stream Open(int processId, MemoryRegion region)
    {
        var file = $"/proc/{processId}/mem";
        return Environment.IsPrivilegedProcess
            ? new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0) { Position = region.Start }
            : Start(
                "dd",
                [$"if={file}", "iflag=skip_bytes,count_bytes", $"skip={region.Start}", $"count={region.Length}", "bs=1M"]
            ).BaseStream;
    }

    private static async Task<string> ReadAllAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        using var output = Start(program, arguments);
        var text = await output.ReadToEndAsync(cancellationToken);
        return text.Length > 0
            ? text
            : throw new InvalidOperationException("Reading the memory of another process needs root, or sudo without a password.");
    }

    private static StreamReader Start(string program, string[] arguments)
    {
        string[] command = Environment.IsPrivilegedProcess ? [program, .. arguments] : ["sudo", "-n", program, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        return Process.Start(start)!.StandardOutput;
    }
}
