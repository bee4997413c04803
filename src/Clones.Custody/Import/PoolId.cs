using System.Security.Cryptography;
using System.Text;

namespace Clones.Custody.Import;

/// <summary>
/// The id that a training pool of the old system has here: UUID version 5 of RFC 9562 (5.5) of its old id, in a namespace of its own, so that a
/// second run of the import finds the same pool. Anybody can compute it: <c>python3 -c "import uuid;
/// print(uuid.uuid5(uuid.UUID('527cf816-ac2f-459c-bb0e-6c189c04859c'), '65f1c0ffee65f1c0ffee65f1'))"</c>.
/// </summary>
internal static class PoolId
{
    /// <summary>Never to be changed: imported pools would be imported again.</summary>
    public static readonly Guid Namespace = new("527cf816-ac2f-459c-bb0e-6c189c04859c");

    /// <param name="oldId">The 24 hex digits of an ObjectId in lower case, or the text that was the id.</param>
    public static Guid Of(string oldId)
    {
        byte[] name = [.. Namespace.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(oldId)];
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // The RFC says SHA-1, and nothing is kept secret or proven by it.
        SHA1.HashData(name, hash);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
