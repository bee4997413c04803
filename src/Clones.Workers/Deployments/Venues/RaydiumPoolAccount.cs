using Clones.Solana.Primitives;

namespace Clones.Workers.Deployments.Venues;

/// <summary>The addresses at the head of a Raydium CPMM pool state.</summary>
internal sealed record RaydiumPoolAccount(PublicKey Config, PublicKey Vault0, PublicKey Vault1, PublicKey Mint0, PublicKey Mint1)
{
    /// <summary>Bytes of the state, and of the observations that are created with it.</summary>
    public const int StateSize = 637;
    public const int ObservationSize = 4_075;

    // Behind the Anchor name (8 bytes): config, creator, vault 0, vault 1, LP mint, mint 0, mint 1, each 32 bytes.
    private const int HeadSize = 8 + 7 * PublicKey.Length;

    /// <exception cref="FormatException">Too short for a pool.</exception>
    public static RaydiumPoolAccount Decode(ReadOnlySpan<byte> data)
    {
        if (data.Length < HeadSize)
        {
            throw new FormatException("The account is too short for a Raydium pool.");
        }

        return new RaydiumPoolAccount(Key(data, 0), Key(data, 2), Key(data, 3), Key(data, 5), Key(data, 6));
    }

    private static PublicKey Key(ReadOnlySpan<byte> data, int index) => new(data.Slice(8 + index * PublicKey.Length, PublicKey.Length));
}
