using System.Security.Cryptography;
using System.Text.Json;

namespace Clones.Custody.Import;

/// <summary>A stored key on its way from the line to the vault: pinned, wiped by <see cref="Dispose"/>, and never a string.</summary>
internal sealed class ImportedKey : IDisposable
{
    private readonly byte[] bytes;
    private int length;

    private ImportedKey(int capacity) => bytes = GC.AllocateUninitializedArray<byte>(capacity, pinned: true);

    public ReadOnlyMemory<byte> StoredUtf8 => bytes.AsMemory(0, length);

    /// <summary>Unescapes the string that the reader stands on.</summary>
    /// <exception cref="InvalidOperationException">It is no well-formed text.</exception>
    public static ImportedKey CopyOf(ref Utf8JsonReader reader)
    {
        // An escaped text is longer than what it says.
        var key = new ImportedKey(reader.ValueSpan.Length);
        try
        {
            key.length = reader.CopyString(key.bytes);
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(bytes);
        length = 0;
    }
}
