using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Solana.Programs;

/// <summary>Which right over a mint or account changes hands.</summary>
public enum TokenAuthority : byte
{
    MintTokens = 0,
    FreezeAccount = 1,
    AccountOwner = 2,
    CloseAccount = 3,

    /// <summary>Token-2022 only.</summary>
    TransferFeeConfig = 4,

    /// <summary>Token-2022 only.</summary>
    WithheldWithdraw = 5,

    /// <summary>Token-2022 only.</summary>
    CloseMint = 6,

    /// <summary>Token-2022 only.</summary>
    MetadataPointer = 12,
}

// Rights over accounts, and closing them.
public static partial class TokenProgram
{
    public static Instruction Approve(PublicKey source, PublicKey @delegate, PublicKey owner, ulong amount, PublicKey tokenProgram) =>
        new(
            tokenProgram,
            [AccountMeta.Writable(source), AccountMeta.ReadOnly(@delegate), AccountMeta.ReadOnly(owner, isSigner: true)],
            InstructionData.Begin((byte)4).UInt64(amount).ToArray()
        );

    public static Instruction Revoke(PublicKey source, PublicKey owner, PublicKey tokenProgram) =>
        new(tokenProgram, [AccountMeta.Writable(source), AccountMeta.ReadOnly(owner, isSigner: true)], [5]);

    /// <param name="newAuthority">Null gives the right up for ever.</param>
    public static Instruction SetAuthority(
        PublicKey account,
        TokenAuthority right,
        PublicKey currentAuthority,
        PublicKey? newAuthority,
        PublicKey tokenProgram
    ) =>
        new(
            tokenProgram,
            [AccountMeta.Writable(account), AccountMeta.ReadOnly(currentAuthority, isSigner: true)],
            InstructionData.Begin((byte)6).Byte((byte)right).OptionalKey(newAuthority).ToArray()
        );

    /// <summary>Closes an empty account (or one of wrapped SOL) and sends its lamports to the destination.</summary>
    public static Instruction CloseAccount(PublicKey account, PublicKey destination, PublicKey owner, PublicKey tokenProgram) =>
        new(tokenProgram, MintAccounts(account, destination, owner), [9]);

    public static Instruction FreezeAccount(PublicKey account, PublicKey mint, PublicKey authority, PublicKey tokenProgram) =>
        new(tokenProgram, FreezeAccounts(account, mint, authority), [10]);

    public static Instruction ThawAccount(PublicKey account, PublicKey mint, PublicKey authority, PublicKey tokenProgram) =>
        new(tokenProgram, FreezeAccounts(account, mint, authority), [11]);

    /// <summary>Makes the amount of a wrapped-SOL account follow the lamports that were sent to it.</summary>
    public static Instruction SyncNative(PublicKey account, PublicKey tokenProgram) =>
        new(tokenProgram, [AccountMeta.Writable(account)], [17]);

    private static AccountMeta[] FreezeAccounts(PublicKey account, PublicKey mint, PublicKey authority) =>
        [AccountMeta.Writable(account), AccountMeta.ReadOnly(mint), AccountMeta.ReadOnly(authority, isSigner: true)];
}
