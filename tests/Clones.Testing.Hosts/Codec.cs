using System.Text;
using Clones.Custody;
using Clones.Domain.Keys;

namespace Clones.Testing.Hosts;

/// <summary>Opens stored texts as the vault does, for tests that have them as strings.</summary>
internal static class Codec
{
    /// <returns>The master key it is under.</returns>
    public static string Open(string stored, KeyBinding binding, KeyRing ring, Span<byte> secretKey64)
    {
        var bytes = Encoding.UTF8.GetBytes(stored);
        var key = StoredKey.Parse(bytes, binding);
        SecretKeyCodec.Open(key, bytes, binding, ring, secretKey64);
        return key.MasterKey;
    }
}
