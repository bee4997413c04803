using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Solana.Programs;

/// <summary>The instructions that SPL Token and Token-2022 have in common; each takes the program that owns the mint.</summary>
/// <remarks>Amounts are base units of the mint (10^decimals a token).</remarks>
public static partial class TokenProgram
{
    public static PublicKey Id { get; } = PublicKey.Parse("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");

    public static PublicKey Token2022Id { get; } = PublicKey.Parse("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");

    /// <summary>The mint of wrapped SOL under SPL Token.</summary>
    public static PublicKey NativeMint { get; } = PublicKey.Parse("So11111111111111111111111111111111111111112");

    public static bool IsTokenProgram(PublicKey programId) => programId == Id || programId == Token2022Id;

    /// <param name="freezeAuthority">Null: nobody can ever freeze an account of this mint.</param>
    public static Instruction InitializeMint2(
        PublicKey mint,
        byte decimals,
        PublicKey mintAuthority,
        PublicKey? freezeAuthority,
        PublicKey tokenProgram
    ) =>
        new(
            tokenProgram,
            [AccountMeta.Writable(mint)],
            InstructionData.Begin((byte)20).Byte(decimals).Key(mintAuthority).OptionalKey(freezeAuthority).ToArray()
        );

    public static Instruction InitializeAccount3(PublicKey account, PublicKey mint, PublicKey owner, PublicKey tokenProgram) =>
        new(
            tokenProgram,
            [AccountMeta.Writable(account), AccountMeta.ReadOnly(mint)],
            InstructionData.Begin((byte)18).Key(owner).ToArray()
        );

    /// <summary>Moves tokens without a check of the mint. Prefer <see cref="TransferChecked"/>.</summary>
    public static Instruction Transfer(
        PublicKey source,
        PublicKey destination,
        PublicKey authority,
        ulong amount,
        PublicKey tokenProgram
    ) =>
        new(
            tokenProgram,
            [AccountMeta.Writable(source), AccountMeta.Writable(destination), AccountMeta.ReadOnly(authority, isSigner: true)],
            InstructionData.Begin((byte)3).UInt64(amount).ToArray()
        );

    /// <summary>Moves tokens; fails when mint or decimals are not what the caller thought.</summary>
    public static Instruction TransferChecked(
        PublicKey source,
        PublicKey mint,
        PublicKey destination,
        PublicKey authority,
        ulong amount,
        byte decimals,
        PublicKey tokenProgram
    ) =>
        new(
            tokenProgram,
            [
                AccountMeta.Writable(source),
                AccountMeta.ReadOnly(mint),
                AccountMeta.Writable(destination),
                AccountMeta.ReadOnly(authority, isSigner: true),
            ],
            InstructionData.Begin((byte)12).UInt64(amount).Byte(decimals).ToArray()
        );

    public static Instruction MintTo(PublicKey mint, PublicKey destination, PublicKey authority, ulong amount, PublicKey tokenProgram) =>
        new(tokenProgram, MintAccounts(mint, destination, authority), InstructionData.Begin((byte)7).UInt64(amount).ToArray());

    public static Instruction MintToChecked(
        PublicKey mint,
        PublicKey destination,
        PublicKey authority,
        ulong amount,
        byte decimals,
        PublicKey tokenProgram
    ) =>
        new(
            tokenProgram,
            MintAccounts(mint, destination, authority),
            InstructionData.Begin((byte)14).UInt64(amount).Byte(decimals).ToArray()
        );

    public static Instruction Burn(PublicKey account, PublicKey mint, PublicKey owner, ulong amount, PublicKey tokenProgram) =>
        new(tokenProgram, MintAccounts(account, mint, owner), InstructionData.Begin((byte)8).UInt64(amount).ToArray());

    public static Instruction BurnChecked(
        PublicKey account,
        PublicKey mint,
        PublicKey owner,
        ulong amount,
        byte decimals,
        PublicKey tokenProgram
    ) => new(tokenProgram, MintAccounts(account, mint, owner), InstructionData.Begin((byte)15).UInt64(amount).Byte(decimals).ToArray());

    // Minting and burning name their accounts alike: two that change, then who may do it.
    private static AccountMeta[] MintAccounts(PublicKey first, PublicKey second, PublicKey authority) =>
        [AccountMeta.Writable(first), AccountMeta.Writable(second), AccountMeta.ReadOnly(authority, isSigner: true)];
}
