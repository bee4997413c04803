using System.Security.Cryptography;

namespace Clones.Custody.Transit;

/// <summary>Room for data keys in one pinned array, wiped when it is disposed.</summary>
internal sealed class PinnedKeys(int count) : IDisposable
{
    private readonly byte[] bytes = GC.AllocateArray<byte>(count * TransitClient.DataKeyLength, pinned: true);

    public Memory<byte> this[int i] => bytes.AsMemory(i * TransitClient.DataKeyLength, TransitClient.DataKeyLength);

    public void Dispose() => CryptographicOperations.ZeroMemory(bytes);
}
