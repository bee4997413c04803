namespace Clones.Solana.Primitives;

public static class Ed25519
{
    /// <summary>Verifies as strictly as the chain does.</summary>
    /// <remarks>
    /// False also for an S that is not canonical (so that a signature has one form only), for a public key or R of small order, and for
    /// a public key that is not canonical or not on the curve.
    /// </remarks>
    public static bool Verify(PublicKey publicKey, ReadOnlySpan<byte> message, Signature signature) =>
        Sodium.Verify(signature.Span, message, publicKey.Span);
}
