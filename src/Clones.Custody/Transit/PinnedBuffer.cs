using System.Buffers;
using System.Security.Cryptography;

namespace Clones.Custody.Transit;

/// <summary>Bytes that may hold a data key: the collector leaves no copies of them behind, and they are wiped when it grows and when it is disposed.</summary>
internal sealed class PinnedBuffer(int capacity) : IBufferWriter<byte>, IDisposable
{
    private byte[] bytes = Allocate(capacity);
    private int length;

    public ReadOnlyMemory<byte> Written => bytes.AsMemory(0, length);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, bytes.Length - length);
        length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        var needed = length + Math.Max(sizeHint, 1);
        if (needed > bytes.Length)
        {
            var larger = Allocate(Math.Max(needed, 2 * bytes.Length));
            bytes.AsSpan(0, length).CopyTo(larger);
            CryptographicOperations.ZeroMemory(bytes);
            bytes = larger;
        }
        return bytes.AsMemory(length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(bytes);
        length = 0;
    }

    private static byte[] Allocate(int capacity) => GC.AllocateUninitializedArray<byte>(capacity, pinned: true);
}
