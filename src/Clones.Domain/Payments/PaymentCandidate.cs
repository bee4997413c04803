using Clones.Solana.Rpc;

namespace Clones.Domain.Payments;

/// <summary>A payment that is to be decided, with what is known of the chain for it.</summary>
public sealed record PaymentCandidate
{
    public required PaymentRequest Request { get; init; }

    /// <summary>Where it is stored already and waits for funds: it is tried again.</summary>
    public Payment? Stored { get; init; }

    /// <summary>Of the wallet, with the payment's mint among its tokens; null where the chain did not answer.</summary>
    public WalletBalance? Balance { get; init; }

    /// <summary>The balance was read before this was asked for. It is good enough to accept by, and never to reject by.</summary>
    public bool BalanceIsRemembered { get; init; }

    /// <summary>Null where the chain did not answer, or was not asked.</summary>
    public RecipientOutlook? Recipient { get; init; }

    /// <summary>Why the chain did not answer, for people.</summary>
    public string? NoAnswer { get; init; }
}
