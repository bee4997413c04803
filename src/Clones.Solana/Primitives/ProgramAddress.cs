using System.Security.Cryptography;
using System.Text;

namespace Clones.Solana.Primitives;

/// <summary>Addresses that are derived by hashing: program addresses (off the curve) and addresses with a seed.</summary>
internal static class ProgramAddress
{
    private const int SeedsMax = 16;
    private const int SeedBytesMax = 32;

    private static ReadOnlySpan<byte> Marker => "ProgramDerivedAddress"u8;

    public static bool TryFind(ReadOnlySpan<byte[]> seeds, PublicKey programId, out PublicKey address, out byte bump)
    {
        Span<byte> preimage = stackalloc byte[SeedsMax * SeedBytesMax + PublicKey.Length + 32];
        var seedBytes = CopySeeds(seeds, SeedsMax - 1, preimage);
        var length = Finish(preimage, seedBytes + 1, programId);
        for (var candidate = 255; candidate >= 0; candidate--)
        {
            preimage[seedBytes] = (byte)candidate;
            if (TryHash(preimage[..length], out address))
            {
                bump = (byte)candidate;
                return true;
            }
        }

        address = default;
        bump = 0;
        return false;
    }

    public static bool TryCreate(ReadOnlySpan<byte[]> seeds, PublicKey programId, out PublicKey address)
    {
        Span<byte> preimage = stackalloc byte[SeedsMax * SeedBytesMax + PublicKey.Length + 32];
        var length = Finish(preimage, CopySeeds(seeds, SeedsMax, preimage), programId);
        return TryHash(preimage[..length], out address);
    }

    public static PublicKey CreateWithSeed(PublicKey baseKey, string seed, PublicKey owner)
    {
        var seedBytes = Encoding.UTF8.GetBytes(seed);
        if (seedBytes.Length > SeedBytesMax)
        {
            throw new ArgumentException($"The seed is {seedBytes.Length} bytes; at most {SeedBytesMax} are allowed.", nameof(seed));
        }

        // The chain rejects such owners: the hash input could otherwise be read as that of a program address.
        if (owner.Span[^Marker.Length..].SequenceEqual(Marker))
        {
            throw new ArgumentException("The owner ends in the marker of program addresses.", nameof(owner));
        }

        return new PublicKey(SHA256.HashData([.. baseKey.Span, .. seedBytes, .. owner.Span]));
    }

    private static int CopySeeds(ReadOnlySpan<byte[]> seeds, int seedsMax, Span<byte> destination)
    {
        if (seeds.Length > seedsMax)
        {
            throw new ArgumentException($"{seeds.Length} seeds; at most {seedsMax} are allowed.", nameof(seeds));
        }

        var length = 0;
        foreach (var seed in seeds)
        {
            if (seed.Length > SeedBytesMax)
            {
                throw new ArgumentException($"A seed is {seed.Length} bytes; at most {SeedBytesMax} are allowed.", nameof(seeds));
            }

            seed.CopyTo(destination[length..]);
            length += seed.Length;
        }

        return length;
    }

    private static int Finish(Span<byte> preimage, int length, PublicKey programId)
    {
        programId.CopyTo(preimage[length..]);
        Marker.CopyTo(preimage[(length + PublicKey.Length)..]);
        return length + PublicKey.Length + Marker.Length;
    }

    private static bool TryHash(ReadOnlySpan<byte> preimage, out PublicKey address)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(preimage, hash);
        address = new PublicKey(hash);
        return !Sodium.IsOnCurve(hash);
    }
}
