using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Solana.Programs;

/// <summary>A mint of SPL Token or Token-2022.</summary>
/// <param name="Supply">In base units.</param>
/// <param name="MintAuthority">Null: the supply is fixed for ever.</param>
/// <param name="Extensions">Token-2022 only; empty for SPL Token.</param>
public sealed record MintAccount(
    PublicKey? MintAuthority,
    ulong Supply,
    byte Decimals,
    bool IsInitialized,
    PublicKey? FreezeAuthority,
    IReadOnlyList<TokenExtension> Extensions
)
{
    /// <summary>Bytes of a mint without extensions.</summary>
    public const int Size = 82;

    /// <summary>Reads the account's data. The caller checks that a token program owns the account.</summary>
    /// <exception cref="FormatException">Not a mint.</exception>
    public static MintAccount Decode(ReadOnlySpan<byte> data)
    {
        var reader = new WireReader(data);
        var mintAuthority = TokenOption.ReadKey(ref reader);
        var supply = reader.ReadUInt64();
        var decimals = reader.ReadByte();
        var isInitialized = TokenOption.ReadBool(ref reader);
        var freezeAuthority = TokenOption.ReadKey(ref reader);
        var extensions = TokenExtension.ReadAll(data, Size, TokenExtension.MintType);
        return new MintAccount(mintAuthority, supply, decimals, isInitialized, freezeAuthority, extensions);
    }

    /// <summary>The metadata kept in the mint itself; null when there is none.</summary>
    /// <exception cref="FormatException">The metadata is damaged.</exception>
    public TokenMetadata? Metadata() =>
        Extensions.FirstOrDefault(e => e.Type == TokenExtensionType.TokenMetadata) is { } found ? TokenMetadata.Decode(found.Data) : null;
}
