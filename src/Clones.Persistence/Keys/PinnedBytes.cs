using System.Security.Cryptography;

namespace Clones.Persistence.Keys;

/// <summary>Memory for what must not stay behind: the collector does not move it (a move leaves a copy), and it is wiped when disposed.</summary>
public sealed class PinnedBytes(int length) : IDisposable
{
    private readonly byte[] bytes = GC.AllocateArray<byte>(length, pinned: true);

    public Memory<byte> Memory => bytes;
    public Span<byte> Span => bytes;
    public byte[] Array => bytes;

    public static PinnedBytes CopyOf(ReadOnlySpan<byte> source)
    {
        var copy = new PinnedBytes(source.Length);
        source.CopyTo(copy.bytes);
        return copy;
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(bytes);
}
