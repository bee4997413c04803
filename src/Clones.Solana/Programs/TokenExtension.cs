using Clones.Solana.Messages;

namespace Clones.Solana.Programs;

/// <summary>The Token-2022 extensions by their number on chain; numbers without a name are valid too.</summary>
public enum TokenExtensionType : ushort
{
    Uninitialized = 0,
    TransferFeeConfig = 1,
    TransferFeeAmount = 2,
    MintCloseAuthority = 3,
    ConfidentialTransferMint = 4,
    DefaultAccountState = 6,
    ImmutableOwner = 7,
    MemoTransfer = 8,
    NonTransferable = 9,
    InterestBearingConfig = 10,
    PermanentDelegate = 12,
    TransferHook = 14,
    MetadataPointer = 18,
    TokenMetadata = 19,
    GroupPointer = 20,
    GroupMemberPointer = 22,
    ScaledUiAmount = 25,
    Pausable = 26,
}

/// <summary>One extension behind a Token-2022 mint or account, not interpreted.</summary>
public sealed record TokenExtension(TokenExtensionType Type, byte[] Data)
{
    internal const byte MintType = 1;
    internal const byte AccountType = 2;

    /// <summary>Type and length before each extension.</summary>
    internal const int HeaderSize = 4;

    /// <summary>Where the type byte lies: mints are padded to the size of an account, so that the two cannot be confused.</summary>
    internal const int TypeOffset = TokenAccount.Size;

    internal static IReadOnlyList<TokenExtension> ReadAll(ReadOnlySpan<byte> data, int baseSize, byte accountType)
    {
        if (data.Length == baseSize)
        {
            return [];
        }

        if (data.Length <= TypeOffset || data[TypeOffset] != accountType || data[baseSize..TypeOffset].ContainsAnyExcept((byte)0))
        {
            throw new FormatException("The data is not of this kind of token account.");
        }

        var extensions = new List<TokenExtension>();
        var reader = new WireReader(data[(TypeOffset + 1)..]);
        while (reader.Remaining >= HeaderSize)
        {
            var type = (TokenExtensionType)reader.ReadUInt16();
            // The rest is room that no extension has taken yet.
            if (type == TokenExtensionType.Uninitialized)
            {
                break;
            }

            extensions.Add(new TokenExtension(type, reader.Read(reader.ReadUInt16()).ToArray()));
        }

        return extensions;
    }
}
