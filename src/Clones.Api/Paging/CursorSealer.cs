using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Clones.Api.Auth;
using Clones.Api.Problems;

namespace Clones.Api.Paging;

/// <summary>Makes cursors that say nothing to their holder and cannot be altered: an id, and an HMAC over it and the list it belongs to.</summary>
internal sealed class CursorSealer(AuthOptions options)
{
    private const int IdBytes = 16;
    private const int TagBytes = 16;

    // Another key than that of the tokens, so that neither can be passed off as the other.
    private readonly byte[] key = HKDF.DeriveKey(HashAlgorithmName.SHA256, options.TokenKey, 32, info: "clones cursor/1"u8.ToArray());

    public string Seal(Guid id, string scope)
    {
        var idBytes = id.ToByteArray(bigEndian: true);
        return Base64Url.EncodeToString([.. idBytes, .. Tag(idBytes, scope)]);
    }

    /// <exception cref="ProblemException">Not a cursor of this list.</exception>
    public Guid Open(string cursor, string scope)
    {
        if (cursor.Length <= 64 && Base64Url.IsValid(cursor, out var length) && length == IdBytes + TagBytes)
        {
            var bytes = Base64Url.DecodeFromChars(cursor);
            if (CryptographicOperations.FixedTimeEquals(bytes.AsSpan(IdBytes), Tag(bytes[..IdBytes], scope)))
            {
                return new Guid(bytes.AsSpan(0, IdBytes), bigEndian: true);
            }
        }
        throw new ProblemException(Problem.Field("cursor", "is not one of this list with these filters"));
    }

    private byte[] Tag(byte[] id, string scope) => HMACSHA256.HashData(key, (byte[])[.. id, .. Encoding.UTF8.GetBytes(scope)])[..TagBytes];
}
