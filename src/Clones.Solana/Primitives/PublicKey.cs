using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Clones.Solana.Primitives;

/// <summary>The address of an account: an ed25519 public key, or a program-derived address that is no key at all.</summary>
/// <remarks>The default value is 32 zero bytes, which is the address of the System Program.</remarks>
[JsonConverter(typeof(PublicKeyJsonConverter))]
public readonly struct PublicKey : IEquatable<PublicKey>, IComparable<PublicKey>
{
    public const int Length = Bytes32.Length;

    private readonly Bytes32 bytes;

    /// <exception cref="ArgumentException">Not exactly 32 bytes.</exception>
    public PublicKey(ReadOnlySpan<byte> bytes) => this.bytes = new Bytes32(bytes);

    private PublicKey(Bytes32 bytes) => this.bytes = bytes;

    [UnscopedRef]
    internal ReadOnlySpan<byte> Span => bytes.Span;

    /// <exception cref="FormatException">Not base58, or not exactly 32 bytes.</exception>
    public static PublicKey Parse(string text) =>
        TryParse(text, out var key) ? key : throw new FormatException("The text is not a base58 address of 32 bytes.");

    public static bool TryParse([NotNullWhen(true)] string? text, out PublicKey key)
    {
        var parsed = Bytes32.TryParse(text, out var value);
        key = new PublicKey(value);
        return parsed;
    }

    /// <summary>Derives the address that only the program can sign for, trying bumps from 255 downwards.</summary>
    /// <param name="seeds">At most 15, each at most 32 bytes (the bump is the sixteenth).</param>
    /// <exception cref="ArgumentException">Too many seeds or a seed that is too long.</exception>
    /// <exception cref="InvalidOperationException">No bump gives an address (practically impossible).</exception>
    public static (PublicKey Address, byte Bump) FindProgramAddress(ReadOnlySpan<byte[]> seeds, PublicKey programId) =>
        TryFindProgramAddress(seeds, programId, out var address, out var bump)
            ? (address, bump)
            : throw new InvalidOperationException("No bump gives a program address for these seeds.");

    /// <inheritdoc cref="FindProgramAddress"/>
    public static bool TryFindProgramAddress(ReadOnlySpan<byte[]> seeds, PublicKey programId, out PublicKey address, out byte bump) =>
        ProgramAddress.TryFind(seeds, programId, out address, out bump);

    /// <summary>Derives the address for seeds that already end in a bump.</summary>
    /// <exception cref="ArgumentException">Too many seeds, a seed that is too long, or seeds that lead to a point on the curve.</exception>
    public static PublicKey CreateProgramAddress(ReadOnlySpan<byte[]> seeds, PublicKey programId) =>
        ProgramAddress.TryCreate(seeds, programId, out var address)
            ? address
            : throw new ArgumentException("These seeds lead to a point on the curve.", nameof(seeds));

    /// <summary>Derives the address that the holder of a base key can create under a seed text of at most 32 UTF-8 bytes.</summary>
    /// <exception cref="ArgumentException">The seed is too long, or the owner ends in the marker of program addresses.</exception>
    public static PublicKey CreateWithSeed(PublicKey baseKey, string seed, PublicKey owner) =>
        ProgramAddress.CreateWithSeed(baseKey, seed, owner);

    /// <summary>Whether the bytes decompress to a curve point, as the chain asks it: a key somebody may hold, not a program address.</summary>
    /// <remarks>The all-zero System Program address is on the curve, and so are some non-canonical encodings: see <see cref="IsCanonical"/>.</remarks>
    public bool IsOnCurve() => Sodium.IsOnCurve(bytes.Span);

    /// <summary>Whether this is the one canonical encoding of a point: y below 2^255 - 19, and no sign where x is zero.</summary>
    public bool IsCanonical()
    {
        var span = bytes.Span;
        var sign = (span[31] & 0x80) != 0;
        if ((span[31] & 0x7F) == 0x7F && !span[1..31].ContainsAnyExcept((byte)0xFF))
        {
            // ed and above are not reduced; ec is y = -1, where x is zero.
            return span[0] < 0xEC || (span[0] == 0xEC && !sign);
        }

        // y = 1 is the identity, where x is zero as well.
        return !sign || (span[31] & 0x7F) != 0 || span[0] != 1 || span[1..31].ContainsAnyExcept((byte)0);
    }

    /// <summary>Whether somebody may hold its key: on the curve, canonical, and not the System Program (the default value).</summary>
    public bool IsWallet() => IsOnCurve() && IsCanonical() && this != default;

    public byte[] ToArray() => bytes.Span.ToArray();

    /// <exception cref="ArgumentException">The destination is shorter than 32 bytes.</exception>
    public void CopyTo(Span<byte> destination) => bytes.Span.CopyTo(destination);

    public bool Equals(PublicKey other) => bytes.Equals(other.bytes);

    public override bool Equals(object? obj) => obj is PublicKey other && Equals(other);

    public override int GetHashCode() => bytes.GetHashCode();

    /// <summary>Compares byte by byte, as programs do that sort mints.</summary>
    public int CompareTo(PublicKey other) => bytes.CompareTo(other.bytes);

    /// <summary>The address in base58.</summary>
    public override string ToString() => bytes.ToString();

    public static bool operator ==(PublicKey left, PublicKey right) => left.Equals(right);

    public static bool operator !=(PublicKey left, PublicKey right) => !left.Equals(right);

    public static bool operator <(PublicKey left, PublicKey right) => left.CompareTo(right) < 0;

    public static bool operator <=(PublicKey left, PublicKey right) => left.CompareTo(right) <= 0;

    public static bool operator >(PublicKey left, PublicKey right) => left.CompareTo(right) > 0;

    public static bool operator >=(PublicKey left, PublicKey right) => left.CompareTo(right) >= 0;
}
