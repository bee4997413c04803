using System.Numerics;

namespace Clones.Solana.Primitives;

/// <summary>
/// Distinguishes a signature from a secret key, which have the same length: both are 64 bytes, 85 to 88 characters of base58. Signatures are
/// public, and what operators search for.
/// </summary>
public static class PublicText
{
    /// <summary>The order of the group of Ed25519.</summary>
    private static readonly BigInteger Order = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493");

    /// <summary>Whether the text is base58 of what can be a signature and cannot be a secret key.</summary>
    /// <remarks>
    /// A signature is a point of the curve and a number below the order of the group: of 32 random values one is. A secret key is a seed and the
    /// public key that belongs to it: one that looks like a signature gives itself away by that, always. One that was cut or altered does not.
    /// </remarks>
    public static bool IsSignature(string text)
    {
        if (!Signature.TryParse(text, out var signature))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[Signature.Length];
        signature.CopyTo(bytes);
        if (!new PublicKey(bytes[..32]).IsOnCurve() || new BigInteger(bytes[32..], isUnsigned: true) >= Order)
        {
            return false;
        }

        using var seeded = Account.FromSeed(bytes[..32]);
        return seeded.PublicKey != new PublicKey(bytes[32..]);
    }
}
