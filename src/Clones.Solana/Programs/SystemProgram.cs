using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Solana.Programs;

/// <summary>The program that owns wallets: creates accounts and moves lamports.</summary>
/// <remarks>Lamports are the base unit of SOL (10^9 a SOL); space is in bytes.</remarks>
public static partial class SystemProgram
{
    /// <summary>All zero bytes. It is on the curve, so reject it explicitly as a recipient.</summary>
    public static PublicKey Id { get; }

    /// <summary>Creates an account at the address of a key that signs too.</summary>
    public static Instruction CreateAccount(PublicKey payer, PublicKey newAccount, ulong lamports, ulong space, PublicKey owner) =>
        new(
            Id,
            [AccountMeta.Writable(payer, isSigner: true), AccountMeta.Writable(newAccount, isSigner: true)],
            InstructionData.Begin(0u).UInt64(lamports).UInt64(space).Key(owner).ToArray()
        );

    public static Instruction Assign(PublicKey account, PublicKey owner) =>
        new(Id, [AccountMeta.Writable(account, isSigner: true)], InstructionData.Begin(1u).Key(owner).ToArray());

    public static Instruction Transfer(PublicKey from, PublicKey to, ulong lamports) =>
        new(
            Id,
            [AccountMeta.Writable(from, isSigner: true), AccountMeta.Writable(to)],
            InstructionData.Begin(2u).UInt64(lamports).ToArray()
        );

    /// <summary>Creates the account at <see cref="PublicKey.CreateWithSeed"/> of base key, seed and owner.</summary>
    public static Instruction CreateAccountWithSeed(
        PublicKey payer,
        PublicKey newAccount,
        PublicKey baseKey,
        string seed,
        ulong lamports,
        ulong space,
        PublicKey owner
    )
    {
        AccountMeta[] accounts = [AccountMeta.Writable(payer, isSigner: true), AccountMeta.Writable(newAccount)];
        return new Instruction(
            Id,
            baseKey == payer ? accounts : [.. accounts, AccountMeta.ReadOnly(baseKey, isSigner: true)],
            InstructionData.Begin(3u).Key(baseKey).LongText(seed).UInt64(lamports).UInt64(space).Key(owner).ToArray()
        );
    }

    public static Instruction Allocate(PublicKey account, ulong space) =>
        new(Id, [AccountMeta.Writable(account, isSigner: true)], InstructionData.Begin(8u).UInt64(space).ToArray());

    /// <summary>
    /// Gives the account at <see cref="PublicKey.CreateWithSeed"/> of base key, seed and owner its space and its owner. Unlike
    /// <see cref="CreateAccountWithSeed"/> it takes an address that somebody has sent lamports to; it fails where there is an account with data.
    /// </summary>
    public static Instruction AllocateWithSeed(PublicKey account, PublicKey baseKey, string seed, ulong space, PublicKey owner) =>
        new(
            Id,
            [AccountMeta.Writable(account), AccountMeta.ReadOnly(baseKey, isSigner: true)],
            InstructionData.Begin(9u).Key(baseKey).LongText(seed).UInt64(space).Key(owner).ToArray()
        );
}
