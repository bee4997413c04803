namespace Clones.Workers.Keys.Transit;

/// <summary>A wrapped data key and what it is bound to.</summary>
internal readonly record struct TransitWrapping(TransitCiphertext Ciphertext, byte[] AssociatedData);

/// <summary>One result of a rewrap: the new ciphertext or what went wrong, never both.</summary>
internal readonly record struct TransitRewrap(string? Wrapped, TransitException? Error)
{
    /// <summary>Shows no ciphertext.</summary>
    public override string ToString() => Error?.Message ?? "rewrapped";
}
