using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Solana.Programs;

// Durable nonces: a transaction whose blockhash is a nonce's value stays valid until the nonce is advanced.
public static partial class SystemProgram
{
    /// <summary>Must be the first instruction of a transaction that uses the nonce; the nonce advances even if the rest fails.</summary>
    public static Instruction AdvanceNonce(PublicKey nonce, PublicKey authority) =>
        new(
            Id,
            [AccountMeta.Writable(nonce), AccountMeta.ReadOnly(Sysvars.RecentBlockhashes), AccountMeta.ReadOnly(authority, isSigner: true)],
            InstructionData.Begin(4u).ToArray()
        );

    /// <summary>Takes lamports out: down to the rent of the account, or all of them, which closes it.</summary>
    public static Instruction WithdrawNonce(PublicKey nonce, PublicKey authority, PublicKey to, ulong lamports) =>
        new(
            Id,
            [
                AccountMeta.Writable(nonce),
                AccountMeta.Writable(to),
                AccountMeta.ReadOnly(Sysvars.RecentBlockhashes),
                AccountMeta.ReadOnly(Sysvars.Rent),
                AccountMeta.ReadOnly(authority, isSigner: true),
            ],
            InstructionData.Begin(5u).UInt64(lamports).ToArray()
        );

    /// <summary>Follows a <see cref="CreateAccount"/> of <see cref="NonceAccount.Size"/> bytes in the same transaction.</summary>
    public static Instruction InitializeNonce(PublicKey nonce, PublicKey authority) =>
        new(
            Id,
            [AccountMeta.Writable(nonce), AccountMeta.ReadOnly(Sysvars.RecentBlockhashes), AccountMeta.ReadOnly(Sysvars.Rent)],
            InstructionData.Begin(6u).Key(authority).ToArray()
        );

    public static Instruction AuthorizeNonce(PublicKey nonce, PublicKey authority, PublicKey newAuthority) =>
        new(
            Id,
            [AccountMeta.Writable(nonce), AccountMeta.ReadOnly(authority, isSigner: true)],
            InstructionData.Begin(7u).Key(newAuthority).ToArray()
        );
}
