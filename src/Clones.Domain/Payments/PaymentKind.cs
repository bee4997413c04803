namespace Clones.Domain.Payments;

/// <summary>Stored and shown as REWARD, WITHDRAWAL.</summary>
public enum PaymentKind
{
    Reward,
    Withdrawal,
}
