namespace Clones.Domain.Payments;

/// <summary>What <see cref="PaymentAcceptanceRule"/> says of one candidate.</summary>
public abstract record AcceptanceDecision
{
    private AcceptanceDecision() { }

    /// <param name="TransactionId">By <see cref="Transactions.TransactionIds"/>: its own, or that of several which share it.</param>
    /// <param name="Lamports">To be reserved: amount of SOL, fee ceiling and rent together; 0 where it stands on chain already.</param>
    /// <param name="Tokens">To be reserved; null where no tokens are.</param>
    /// <param name="Slot">Of the balance that it was accepted by.</param>
    public sealed record Accept(Guid TransactionId, ulong Lamports, ulong? Tokens, ulong Slot) : AcceptanceDecision;

    /// <param name="Reason">For people, behind a code.</param>
    public sealed record Wait(string? Reason) : AcceptanceDecision;

    public sealed record Reject(PaymentAcceptanceResult Result) : AcceptanceDecision;

    /// <summary>The balance says nothing: it is to be read again, at this slot or later, and the whole group decided anew.</summary>
    public sealed record ReadAgain(ulong MinContextSlot) : AcceptanceDecision;
}
