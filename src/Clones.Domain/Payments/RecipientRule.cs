using Clones.Solana.Primitives;
using Clones.Solana.Rpc;

namespace Clones.Domain.Payments;

/// <summary>Who may not be paid. One rule for the API and the workers.</summary>
public static class RecipientRule
{
    // Many programs have vanity addresses that happen to lie on the curve, so that the curve alone does not reveal them.
    private static readonly HashSet<string> Programs =
    [
        "11111111111111111111111111111111",
        "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA",
        "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb",
        "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL",
        "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr",
        "Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo",
        "ComputeBudget111111111111111111111111111111",
        "AddressLookupTab1e1111111111111111111111111",
        "BPFLoaderUpgradeab1e11111111111111111111111",
        "BPFLoader2111111111111111111111111111111111",
        "Stake11111111111111111111111111111111111111",
        "Vote111111111111111111111111111111111111111",
        "Config1111111111111111111111111111111111111",
        "Ed25519SigVerify111111111111111111111111111",
        "KeccakSecp256k11111111111111111111111111111",
        "So11111111111111111111111111111111111111112",
        "1nc1nerator11111111111111111111111111111111",
    ];

    /// <summary>What can be said without asking the chain.</summary>
    /// <returns>Why the recipient is rejected, for people; null where it is not.</returns>
    public static string? Reject(PublicKey recipient, PublicKey? depositWallet, PublicKey? mint)
    {
        if (recipient == depositWallet)
        {
            return "The recipient is the deposit wallet itself.";
        }
        if (recipient == mint)
        {
            return "The recipient is the mint of the token.";
        }

        var address = recipient.ToString();
        if (Programs.Contains(address) || address.StartsWith("Sysvar", StringComparison.Ordinal))
        {
            return "The recipient is a program of Solana, not a wallet.";
        }
        if (!recipient.IsOnCurve())
        {
            return "The recipient is a program-derived address (off the curve), not a wallet.";
        }
        return recipient.IsCanonical() ? null : "The recipient is not the canonical form of a public key.";
    }

    /// <summary>What the chain says of the recipient.</summary>
    /// <param name="outlook">Of whoever the rule without the chain lets pass.</param>
    /// <param name="balance">Of the deposit wallet, for the rent.</param>
    /// <param name="amount">Base units of the mint, or lamports.</param>
    public static string? Reject(RecipientOutlook outlook, WalletBalance balance, ulong amount)
    {
        if (!outlook.IsWallet)
        {
            return "The recipient is an account of a program, not a wallet.";
        }
        if (outlook.TokenAccountUnusable)
        {
            return "The recipient's token account is frozen or belongs to another wallet.";
        }

        // The chain rejects to leave an account between nothing and its rent.
        var floor = balance.RentFloorLamports;
        return outlook.Mint is null && (UInt128)outlook.Lamports + amount < floor
            ? $"The recipient's account would hold less than its rent of {floor} lamports."
            : null;
    }
}
