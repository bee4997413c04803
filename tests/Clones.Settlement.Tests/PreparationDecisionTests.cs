using Clones.Domain.Transactions;
using Clones.Settlement.Rules;

namespace Clones.Settlement.Tests;

public sealed class PreparationDecisionTests
{
    [Fact]
    public void Over_all_states_only_a_certified_death_lets_the_next_attempt_be_signed()
    {
        foreach (var status in Enum.GetValues<TransactionStatus>())
        {
            foreach (var attemptStatus in Enum.GetValues<AttemptStatus>())
            {
                foreach (var evidence in (string?[])[null, "{}"])
                {
                    var decision = PreparationDecision.Decide(TransactionKind.Payment, status, [Attempt(1, attemptStatus, evidence)]);
                    var mayBeSigned =
                        status is TransactionStatus.Accepted or TransactionStatus.Expired
                        && attemptStatus == AttemptStatus.Expired
                        && evidence is not null;
                    (decision is PreparationDecision.Sign).ShouldBe(mayBeSigned, $"{status} {attemptStatus} {evidence}");
                    if (mayBeSigned)
                    {
                        decision.ShouldBe(new PreparationDecision.Sign(2));
                    }
                }
            }
        }
    }

    [Fact]
    public void The_first_attempt_is_signed_of_an_accepted_payment_only()
    {
        PreparationDecision.Decide(TransactionKind.Payment, TransactionStatus.Accepted, []).ShouldBe(new PreparationDecision.Sign(1));
        PreparationDecision.Decide(TransactionKind.Payment, TransactionStatus.Cancelled, []).ShouldBeOfType<PreparationDecision.Nothing>();
        PreparationDecision
            .Decide(TransactionKind.TokenCreation, TransactionStatus.Accepted, [])
            .ShouldBeOfType<PreparationDecision.Nothing>();
        PreparationDecision
            .Decide(TransactionKind.PoolCreation, TransactionStatus.Expired, [])
            .ShouldBeOfType<PreparationDecision.Nothing>();
    }

    [Theory]
    [InlineData(AttemptStatus.Signed)]
    [InlineData(AttemptStatus.Broadcast)]
    public void Committed_bytes_are_sent_again_instead_of_signing(AttemptStatus status) =>
        PreparationDecision
            .Decide(TransactionKind.Payment, TransactionStatus.Signed, [Attempt(1, AttemptStatus.Expired, "{}"), Attempt(2, status, null)])
            .ShouldBe(new PreparationDecision.Reuse(2));

    private static TransactionAttempt Attempt(int number, AttemptStatus status, string? evidence) =>
        new()
        {
            TransactionId = Guid.Empty,
            Number = number,
            Status = status,
            MessageBytes = [],
            WireBytes = [1],
            Blockhash = "",
            LastValidBlockHeight = 1,
            ContextSlot = 1,
            GenesisHash = "",
            FeeLamportsMax = 5_000,
            Evidence = evidence,
            CreatedAt = default,
        };
}
