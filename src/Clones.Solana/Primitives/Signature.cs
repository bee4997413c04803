using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace Clones.Solana.Primitives;

/// <summary>An ed25519 signature of 64 bytes; the first one of a transaction is also the transaction's id.</summary>
/// <remarks>The default value, 64 zero bytes, stands for a signature that is still missing.</remarks>
[StructLayout(LayoutKind.Sequential)]
[JsonConverter(typeof(SignatureJsonConverter))]
public readonly struct Signature : IEquatable<Signature>, IComparable<Signature>
{
    public const int Length = 64;

    private readonly Bytes32 r;
    private readonly Bytes32 s;

    /// <exception cref="ArgumentException">Not exactly 64 bytes.</exception>
    public Signature(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"Expected {Length} bytes, got {bytes.Length}.", nameof(bytes));
        }

        r = new Bytes32(bytes[..Bytes32.Length]);
        s = new Bytes32(bytes[Bytes32.Length..]);
    }

    /// <summary>Whether the slot is still unsigned (all zero).</summary>
    public bool IsMissing => this == default;

    [UnscopedRef]
    internal ReadOnlySpan<byte> Span => MemoryMarshal.AsBytes(new ReadOnlySpan<Signature>(in this));

    /// <exception cref="FormatException">Not base58, or not exactly 64 bytes.</exception>
    public static Signature Parse(string text) =>
        TryParse(text, out var signature) ? signature : throw new FormatException("The text is not a base58 signature of 64 bytes.");

    public static bool TryParse([NotNullWhen(true)] string? text, out Signature signature)
    {
        Span<byte> bytes = stackalloc byte[Length];
        if (text is null || !Base58.TryDecodeExactly(text, bytes))
        {
            signature = default;
            return false;
        }

        signature = new Signature(bytes);
        return true;
    }

    public byte[] ToArray() => Span.ToArray();

    /// <exception cref="ArgumentException">The destination is shorter than 64 bytes.</exception>
    public void CopyTo(Span<byte> destination) => Span.CopyTo(destination);

    public bool Equals(Signature other) => r.Equals(other.r) && s.Equals(other.s);

    public override bool Equals(object? obj) => obj is Signature other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(r, s);

    public int CompareTo(Signature other) => Span.SequenceCompareTo(other.Span);

    /// <summary>The signature in base58.</summary>
    public override string ToString() => Base58.Encode(Span);

    public static bool operator ==(Signature left, Signature right) => left.Equals(right);

    public static bool operator !=(Signature left, Signature right) => !left.Equals(right);

    public static bool operator <(Signature left, Signature right) => left.CompareTo(right) < 0;

    public static bool operator <=(Signature left, Signature right) => left.CompareTo(right) <= 0;

    public static bool operator >(Signature left, Signature right) => left.CompareTo(right) > 0;

    public static bool operator >=(Signature left, Signature right) => left.CompareTo(right) >= 0;
}
