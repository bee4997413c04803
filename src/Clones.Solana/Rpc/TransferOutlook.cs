using Clones.Solana.Primitives;

namespace Clones.Solana.Rpc;

/// <summary>What the chain says about transfers of one kind of funds out of one wallet.</summary>
/// <param name="Wallet">Balances, with the mint among the tokens.</param>
/// <param name="Recipients">Everyone who was asked about.</param>
public sealed record TransferOutlook(WalletBalance Wallet, IReadOnlyDictionary<PublicKey, RecipientOutlook> Recipients);

/// <summary>What is asked of the chain for transfers of one kind of funds out of one wallet.</summary>
/// <param name="Mint">Null for SOL.</param>
/// <param name="Recipients">Who is to be paid; nobody: the balances alone.</param>
/// <param name="MinSlot">Reject nodes that have not reached this slot; 0 takes any.</param>
public sealed record TransferQuestion(PublicKey Wallet, PublicKey? Mint, IReadOnlyCollection<PublicKey> Recipients, ulong MinSlot);

/// <param name="Outlook">Null where there is no answer.</param>
/// <param name="Failure">Why there is none.</param>
public sealed record TransferAnswer(TransferOutlook? Outlook, RpcException? Failure)
{
    /// <summary>Of two requests for the same question: everyone of both, the later balance; a failure of one is that of both.</summary>
    internal TransferAnswer With(TransferAnswer other)
    {
        if (Outlook is null || other.Outlook is null)
        {
            return Outlook is null ? this : other;
        }
        var recipients = new Dictionary<PublicKey, RecipientOutlook>(Outlook.Recipients);
        foreach (var (recipient, outlook) in other.Outlook.Recipients)
        {
            recipients[recipient] = outlook;
        }
        var wallet = Outlook.Wallet.Slot >= other.Outlook.Wallet.Slot ? Outlook.Wallet : other.Outlook.Wallet;
        return new TransferAnswer(new TransferOutlook(wallet, recipients), null);
    }
}

/// <summary>What the finalized chain says of somebody who is to be paid.</summary>
/// <param name="Mint">Null for SOL.</param>
public sealed record RecipientOutlook(PublicKey Recipient, PublicKey? Mint)
{
    /// <summary>Lamports of the recipient's own account; 0 where it does not exist yet.</summary>
    public required ulong Lamports { get; init; }

    /// <summary>Whether the recipient is a plain wallet: not there yet, or owned by the System Program and not executable.</summary>
    public required bool IsWallet { get; init; }

    /// <summary>What the payer gives to create the recipient's token account; 0 where it exists and for SOL.</summary>
    public ulong TokenAccountRentLamports { get; init; }

    /// <summary>Whether the chain would reject the recipient's token account: frozen, or given to another owner.</summary>
    public bool TokenAccountUnusable { get; init; }
}
