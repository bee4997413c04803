using System.Security.Cryptography;

namespace Clones.Custody.Import;

/// <summary>
/// The lines of a file of secrets, one after the other in one pinned buffer: each line is wiped when the next is asked for. Nothing else of ours
/// holds them, provided that the stream has no buffer (<see cref="KeysImport.Open"/>).
/// </summary>
internal sealed class ImportLines(Stream file) : IDisposable
{
    public const int LineBytesMax = 1 << 20;

    // Room for a line with its end.
    private readonly byte[] buffer = GC.AllocateUninitializedArray<byte>(LineBytesMax + 2, pinned: true);
    private int lineStart;
    private int lineEnd;
    private int next;
    private int filled;
    private bool isSkipping;

    /// <summary>Of the line, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>The line was longer than <see cref="LineBytesMax"/> and is gone.</summary>
    public bool IsTooLong { get; private set; }

    public long BytesRead { get; private set; }

    /// <summary>Without its end, and without a byte order mark; valid until the next one is asked for.</summary>
    public ReadOnlySpan<byte> Line => buffer.AsSpan(lineStart..lineEnd);

    /// <returns>False at the end of the file.</returns>
    public async ValueTask<bool> NextAsync(CancellationToken cancellationToken)
    {
        Wipe(lineStart, next);
        (lineStart, lineEnd, IsTooLong) = (next, next, false);
        var searched = next;
        while (true)
        {
            var found = buffer.AsSpan(searched..filled).IndexOf((byte)'\n');
            if (found >= 0)
            {
                Take(searched + found, searched + found + 1);
                return true;
            }

            MakeRoom();
            searched = filled;
            var read = await file.ReadAsync(buffer.AsMemory(filled), cancellationToken);
            filled += read;
            BytesRead += read;
            if (read == 0)
            {
                var isLast = filled > lineStart || isSkipping;
                if (isLast)
                {
                    Take(filled, filled);
                }
                return isLast;
            }
        }
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(buffer);

    private void Take(int end, int after)
    {
        next = after;
        Number++;
        lineEnd = end;
        if (Number == 1 && Line.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            lineStart += 3;
        }
        if (Line.EndsWith("\r"u8))
        {
            lineEnd--;
        }
        IsTooLong = isSkipping || lineEnd - lineStart > LineBytesMax;
        if (IsTooLong)
        {
            lineEnd = lineStart;
        }
        isSkipping = false;
    }

    /// <summary>Moves the begun line to the front; one that fills the whole buffer is thrown away, and its rest will be.</summary>
    private void MakeRoom()
    {
        if (lineStart > 0)
        {
            var rest = filled - lineStart;
            buffer.AsSpan(lineStart..filled).CopyTo(buffer);
            Wipe(rest, filled);
            filled = rest;
        }
        else if (filled == buffer.Length)
        {
            Wipe(0, filled);
            filled = 0;
            isSkipping = true;
        }
        (lineStart, lineEnd, next) = (0, 0, 0);
    }

    private void Wipe(int from, int to) => CryptographicOperations.ZeroMemory(buffer.AsSpan(from..to));
}
