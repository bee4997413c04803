using System.Buffers.Binary;
using System.Security.Cryptography;
using Clones.Solana.Primitives;

namespace Clones.Api.Auth.SignIn;

/// <summary>Which session, and its how manieth refresh token; from 1 on.</summary>
internal readonly record struct RefreshToken(Guid SessionId, int Generation);

/// <summary>
/// Refresh tokens as text: session and generation with an HMAC-SHA256 of them, base58. None is stored, and one that was used before is still
/// known as ours: so that its use ends the session, and an invented one ends nothing.
/// </summary>
internal sealed class RefreshTokens(AuthOptions options)
{
    private const int IdBytes = 16;
    private const int DataBytes = IdBytes + sizeof(int);
    private const int TokenBytes = DataBytes + HMACSHA256.HashSizeInBytes;

    /// <summary>Longest base58 of 52 bytes.</summary>
    private const int LengthMax = 72;

    private readonly byte[] key = HKDF.DeriveKey(
        HashAlgorithmName.SHA256,
        options.TokenKey,
        32,
        info: "clones/refresh-token/1"u8.ToArray()
    );

    public string Seal(RefreshToken token)
    {
        Span<byte> bytes = stackalloc byte[TokenBytes];
        token.SessionId.TryWriteBytes(bytes);
        BinaryPrimitives.WriteInt32BigEndian(bytes[IdBytes..], token.Generation);
        HMACSHA256.HashData(key, bytes[..DataBytes], bytes[DataBytes..]);
        return Base58.Encode(bytes);
    }

    /// <returns>Null where the text is none of ours.</returns>
    public RefreshToken? Open(string text)
    {
        if (text.Length > LengthMax || !Base58.TryDecode(text, out var bytes) || bytes.Length != TokenBytes)
        {
            return null;
        }

        Span<byte> seal = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, bytes.AsSpan(0, DataBytes), seal);
        return CryptographicOperations.FixedTimeEquals(seal, bytes.AsSpan(DataBytes))
            ? new RefreshToken(new Guid(bytes.AsSpan(0, IdBytes)), BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(IdBytes)))
            : null;
    }
}
