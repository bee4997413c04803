using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Clones.Solana.Primitives;

/// <summary>32 bytes held in place, without an array: what keys and block hashes are made of.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct Bytes32 : IEquatable<Bytes32>, IComparable<Bytes32>
{
    public const int Length = 32;

    // Four words in memory order; their numeric value means nothing.
    private readonly ulong a;
    private readonly ulong b;
    private readonly ulong c;
    private readonly ulong d;

    public Bytes32(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"Expected {Length} bytes, got {bytes.Length}.", nameof(bytes));
        }

        this = MemoryMarshal.Read<Bytes32>(bytes);
    }

    [UnscopedRef]
    public ReadOnlySpan<byte> Span => MemoryMarshal.AsBytes(new ReadOnlySpan<Bytes32>(in this));

    public static bool TryParse([NotNullWhen(true)] string? text, out Bytes32 value)
    {
        Span<byte> bytes = stackalloc byte[Length];
        if (text is null || !Base58.TryDecodeExactly(text, bytes))
        {
            value = default;
            return false;
        }

        value = new Bytes32(bytes);
        return true;
    }

    public bool Equals(Bytes32 other) => a == other.a && b == other.b && c == other.c && d == other.d;

    public override bool Equals(object? obj) => obj is Bytes32 other && Equals(other);

    // Keys that share a prefix on purpose (vanity addresses) still spread: every word takes part.
    public override int GetHashCode() => HashCode.Combine(a, b, c, d);

    public int CompareTo(Bytes32 other) => Span.SequenceCompareTo(other.Span);

    public override string ToString() => Base58.Encode(Span);
}
