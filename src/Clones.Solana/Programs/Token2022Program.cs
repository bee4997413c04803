using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Solana.Programs;

/// <summary>Instructions that only Token-2022 has; the common ones are in <see cref="TokenProgram"/>.</summary>
/// <remarks>Extensions of a mint are initialised before InitializeMint2, its metadata after.</remarks>
public static class Token2022Program
{
    public static PublicKey Id => TokenProgram.Token2022Id;

    // The metadata interface names its instructions by the first 8 bytes of SHA-256("spl_token_metadata_interface:<name>").
    private static ReadOnlySpan<byte> InitializeMetadataName => [210, 225, 30, 162, 88, 184, 77, 141];
    private static ReadOnlySpan<byte> UpdateFieldName => [221, 233, 49, 45, 181, 202, 220, 200];
    private static ReadOnlySpan<byte> RemoveKeyName => [234, 18, 32, 56, 89, 141, 37, 181];
    private static ReadOnlySpan<byte> UpdateAuthorityName => [215, 228, 166, 228, 84, 100, 86, 123];

    /// <param name="authority">Who may point elsewhere; null: nobody.</param>
    /// <param name="metadataAddress">The mint itself when it keeps its own metadata.</param>
    public static Instruction InitializeMetadataPointer(PublicKey mint, PublicKey? authority, PublicKey? metadataAddress) =>
        new(
            Id,
            [AccountMeta.Writable(mint)],
            InstructionData.Begin((byte)39).Byte(0).KeyOrZero(authority).KeyOrZero(metadataAddress).ToArray()
        );

    public static Instruction UpdateMetadataPointer(PublicKey mint, PublicKey authority, PublicKey? metadataAddress) =>
        new(
            Id,
            [AccountMeta.Writable(mint), AccountMeta.ReadOnly(authority, isSigner: true)],
            InstructionData.Begin((byte)39).Byte(1).KeyOrZero(metadataAddress).ToArray()
        );

    /// <param name="closeAuthority">Who may close the mint when its supply is zero; null: nobody.</param>
    public static Instruction InitializeMintCloseAuthority(PublicKey mint, PublicKey? closeAuthority) =>
        new(Id, [AccountMeta.Writable(mint)], InstructionData.Begin((byte)25).OptionalKey(closeAuthority).ToArray());

    /// <summary>Precedes InitializeAccount3 of an account whose owner shall never change.</summary>
    public static Instruction InitializeImmutableOwner(PublicKey account) => new(Id, [AccountMeta.Writable(account)], [22]);

    /// <summary>Appends the metadata to the mint, which must already hold the lamports for its full size.</summary>
    /// <param name="mintAuthority">Signs.</param>
    public static Instruction InitializeMetadata(
        PublicKey mint,
        PublicKey updateAuthority,
        PublicKey mintAuthority,
        string name,
        string symbol,
        string uri
    ) =>
        new(
            Id,
            [
                AccountMeta.Writable(mint),
                AccountMeta.ReadOnly(updateAuthority),
                AccountMeta.ReadOnly(mint),
                AccountMeta.ReadOnly(mintAuthority, isSigner: true),
            ],
            InstructionData.Begin(InitializeMetadataName).Text(name).Text(symbol).Text(uri).ToArray()
        );

    /// <summary>Sets name, symbol or uri, or any further field under its own key.</summary>
    public static Instruction UpdateMetadataField(PublicKey mint, PublicKey updateAuthority, string field, string value)
    {
        var data = InstructionData.Begin(UpdateFieldName);
        data = field switch
        {
            "name" => data.Byte(0),
            "symbol" => data.Byte(1),
            "uri" => data.Byte(2),
            _ => data.Byte(3).Text(field),
        };
        return new Instruction(Id, MetadataAccounts(mint, updateAuthority), data.Text(value).ToArray());
    }

    /// <param name="ifExists">Do nothing, instead of failing, when the key is not there.</param>
    public static Instruction RemoveMetadataKey(PublicKey mint, PublicKey updateAuthority, string key, bool ifExists) =>
        new(
            Id,
            MetadataAccounts(mint, updateAuthority),
            InstructionData.Begin(RemoveKeyName).Byte(ifExists ? (byte)1 : (byte)0).Text(key).ToArray()
        );

    /// <param name="newAuthority">Null: the metadata is fixed for ever.</param>
    public static Instruction UpdateMetadataAuthority(PublicKey mint, PublicKey currentAuthority, PublicKey? newAuthority) =>
        new(Id, MetadataAccounts(mint, currentAuthority), InstructionData.Begin(UpdateAuthorityName).KeyOrZero(newAuthority).ToArray());

    private static AccountMeta[] MetadataAccounts(PublicKey mint, PublicKey updateAuthority) =>
        [AccountMeta.Writable(mint), AccountMeta.ReadOnly(updateAuthority, isSigner: true)];
}
