namespace Clones.Solana.Programs;

/// <summary>Sizes of Token-2022 mints, for space and rent.</summary>
/// <remarks>
/// A mint with metadata is created in two sizes: CreateAccount takes the space without the metadata (InitializeMint rejects bytes that no
/// fixed-size extension explains), but the lamports of the full size, because initialising the metadata enlarges the account and takes
/// no payer.
/// </remarks>
public static class Token2022Mint
{
    private const int MetadataPointerSize = 64;

    // A multisig has 355 bytes; a mint of that size could be taken for one, so the program adds two.
    private const int MultisigSize = 355;

    /// <summary>Space for CreateAccount of a mint with the metadata pointer only, in bytes.</summary>
    public static int SizeWithMetadataPointer { get; } = Size(MetadataPointerSize);

    /// <summary>Bytes of the mint when its metadata is in place: what rent is paid for.</summary>
    public static int SizeWithMetadata(string name, string symbol, string uri) =>
        Size(MetadataPointerSize, new TokenMetadata(null, default, name, symbol, uri, []).Size);

    /// <summary>Bytes of a mint with extensions of these value sizes.</summary>
    public static int Size(params ReadOnlySpan<int> extensionSizes)
    {
        if (extensionSizes.IsEmpty)
        {
            return MintAccount.Size;
        }

        var size = TokenExtension.TypeOffset + 1;
        foreach (var extensionSize in extensionSizes)
        {
            size += TokenExtension.HeaderSize + extensionSize;
        }

        return size == MultisigSize ? size + sizeof(ushort) : size;
    }
}
