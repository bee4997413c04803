using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Solana.Programs;

/// <summary>The content of an initialised durable-nonce account.</summary>
/// <param name="Nonce">Stands in for the recent blockhash.</param>
/// <param name="LamportsPerSignature">The fee rate stored with the nonce.</param>
public sealed record NonceAccount(PublicKey Authority, Blockhash Nonce, ulong LamportsPerSignature)
{
    /// <summary>In bytes.</summary>
    public const int Size = 80;

    private const uint CurrentVersion = 1;
    private const uint Initialized = 1;

    /// <exception cref="FormatException">Not an initialised nonce account of the current version.</exception>
    public static NonceAccount Decode(ReadOnlySpan<byte> data)
    {
        var reader = new WireReader(data);
        if (data.Length != Size || reader.ReadUInt32() != CurrentVersion || reader.ReadUInt32() != Initialized)
        {
            throw new FormatException("This is not an initialised nonce account.");
        }

        return new NonceAccount(reader.ReadPublicKey(), new Blockhash(reader.Read(Blockhash.Length)), reader.ReadUInt64());
    }
}
