using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Solana.Programs;

/// <summary>The one token account per wallet and mint whose address everybody can derive.</summary>
public static class AssociatedTokenAccountProgram
{
    public static PublicKey Id { get; } = PublicKey.Parse("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");

    public static PublicKey FindAddress(PublicKey owner, PublicKey mint, PublicKey tokenProgram) =>
        PublicKey.FindProgramAddress([owner.ToArray(), tokenProgram.ToArray(), mint.ToArray()], Id).Address;

    /// <summary>Fails on chain when the account exists.</summary>
    public static Instruction Create(PublicKey payer, PublicKey owner, PublicKey mint, PublicKey tokenProgram) =>
        new(Id, Accounts(payer, owner, mint, tokenProgram), [0]);

    /// <summary>Does nothing when the account exists and is the owner's.</summary>
    public static Instruction CreateIdempotent(PublicKey payer, PublicKey owner, PublicKey mint, PublicKey tokenProgram) =>
        new(Id, Accounts(payer, owner, mint, tokenProgram), [1]);

    private static AccountMeta[] Accounts(PublicKey payer, PublicKey owner, PublicKey mint, PublicKey tokenProgram) =>
        [
            AccountMeta.Writable(payer, isSigner: true),
            AccountMeta.Writable(FindAddress(owner, mint, tokenProgram)),
            AccountMeta.ReadOnly(owner),
            AccountMeta.ReadOnly(mint),
            AccountMeta.ReadOnly(SystemProgram.Id),
            AccountMeta.ReadOnly(tokenProgram),
        ];
}
