using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Clones.Solana.Primitives;

/// <summary>The hash of a block (a transaction's recent blockhash, a durable nonce, the genesis hash of a cluster).</summary>
[JsonConverter(typeof(BlockhashJsonConverter))]
public readonly struct Blockhash : IEquatable<Blockhash>, IComparable<Blockhash>
{
    public const int Length = Bytes32.Length;

    private readonly Bytes32 bytes;

    /// <exception cref="ArgumentException">Not exactly 32 bytes.</exception>
    public Blockhash(ReadOnlySpan<byte> bytes) => this.bytes = new Bytes32(bytes);

    private Blockhash(Bytes32 bytes) => this.bytes = bytes;

    [UnscopedRef]
    internal ReadOnlySpan<byte> Span => bytes.Span;

    /// <exception cref="FormatException">Not base58, or not exactly 32 bytes.</exception>
    public static Blockhash Parse(string text) =>
        TryParse(text, out var hash) ? hash : throw new FormatException("The text is not a base58 hash of 32 bytes.");

    public static bool TryParse([NotNullWhen(true)] string? text, out Blockhash hash)
    {
        var parsed = Bytes32.TryParse(text, out var value);
        hash = new Blockhash(value);
        return parsed;
    }

    public byte[] ToArray() => bytes.Span.ToArray();

    /// <exception cref="ArgumentException">The destination is shorter than 32 bytes.</exception>
    public void CopyTo(Span<byte> destination) => bytes.Span.CopyTo(destination);

    public bool Equals(Blockhash other) => bytes.Equals(other.bytes);

    public override bool Equals(object? obj) => obj is Blockhash other && Equals(other);

    public override int GetHashCode() => bytes.GetHashCode();

    public int CompareTo(Blockhash other) => bytes.CompareTo(other.bytes);

    /// <summary>The hash in base58.</summary>
    public override string ToString() => bytes.ToString();

    public static bool operator ==(Blockhash left, Blockhash right) => left.Equals(right);

    public static bool operator !=(Blockhash left, Blockhash right) => !left.Equals(right);

    public static bool operator <(Blockhash left, Blockhash right) => left.CompareTo(right) < 0;

    public static bool operator <=(Blockhash left, Blockhash right) => left.CompareTo(right) <= 0;

    public static bool operator >(Blockhash left, Blockhash right) => left.CompareTo(right) > 0;

    public static bool operator >=(Blockhash left, Blockhash right) => left.CompareTo(right) >= 0;
}
