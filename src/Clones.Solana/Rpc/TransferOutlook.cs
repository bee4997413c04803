using Clones.Solana.Primitives;

namespace Clones.Solana.Rpc;

/// <summary>What the chain says, at one finalized slot, about a transfer that somebody wants to make.</summary>
public sealed record TransferOutlook
{
    public required WalletBalance Wallet { get; init; }
    public required PublicKey Recipient { get; init; }

    /// <summary>Lamports of the recipient's own account; 0 where it does not exist yet.</summary>
    public required ulong RecipientLamports { get; init; }

    /// <summary>Whether the recipient is a plain wallet: not there yet, or owned by the System Program and not executable.</summary>
    public required bool RecipientIsWallet { get; init; }

    /// <summary>Null for SOL.</summary>
    public PublicKey? Mint { get; init; }

    /// <summary>Owner of the mint; null for SOL and for an account that is no mint.</summary>
    public PublicKey? TokenProgram { get; init; }

    /// <summary>Decimals of the mint; 9 for SOL.</summary>
    public required int Decimals { get; init; }

    /// <summary>What the payer gives to create the recipient's token account; 0 where it exists and for SOL.</summary>
    public required ulong TokenAccountRentLamports { get; init; }

    /// <summary>Whether the chain would refuse the recipient's token account: frozen, or given to another owner.</summary>
    public bool TokenAccountUnusable { get; init; }
}
