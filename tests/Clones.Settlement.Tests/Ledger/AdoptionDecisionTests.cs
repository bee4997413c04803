using Clones.Domain.Ledger;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Settlement.Rules;

namespace Clones.Settlement.Tests.Ledger;

public sealed class AdoptionDecisionTests
{
    private readonly Landed landed = new();

    [Fact]
    public void A_payment_that_stands_on_chain_with_its_own_terms_is_adopted()
    {
        var onChain = landed.OnChain(7);

        Decide(TransactionStatus.Accepted, [], [onChain]).ShouldBe(new AdoptionDecision.Adopt(onChain));
    }

    [Fact]
    public void A_rejection_on_chain_is_adopted_as_one()
    {
        var onChain = landed.OnChain(7, error: "\"InsufficientFunds\"");

        Decide(TransactionStatus.Accepted, [], [onChain]).ShouldBe(new AdoptionDecision.Adopt(onChain));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(6)]
    public void Another_amount_under_the_same_name_is_rejected_with_its_signature(ulong lamports)
    {
        var onChain = landed.OnChain(lamports);

        Decide(TransactionStatus.Accepted, [], [onChain]).ShouldBeOfType<AdoptionDecision.Reject>().Reason.ShouldContain(onChain.Signature);
    }

    [Fact]
    public void Another_recipient_under_the_same_name_is_rejected() =>
        Decide(TransactionStatus.Accepted, [], [landed.OnChain(7)], [landed.Payment(7, Landed.Fresh())])
            .ShouldBeOfType<AdoptionDecision.Reject>();

    [Fact]
    public void Two_successes_under_one_name_are_rejected() =>
        Decide(TransactionStatus.Accepted, [], [landed.OnChain(7, 1), landed.OnChain(7, 2)]).ShouldBeOfType<AdoptionDecision.Reject>();

    [Fact]
    public void What_has_ended_is_left_alone() =>
        Decide(TransactionStatus.Finalized, [], [landed.OnChain(7)]).ShouldBeOfType<AdoptionDecision.Leave>();

    [Fact]
    public void A_live_attempt_that_has_landed_is_left_to_settlement()
    {
        var onChain = landed.OnChain(7);

        Decide(TransactionStatus.Broadcast, [Landed.Attempt(1, AttemptStatus.Broadcast, onChain.Signature)], [onChain], height: 10_000)
            .ShouldBeOfType<AdoptionDecision.Leave>();
    }

    [Theory]
    [InlineData(131, false)]
    [InlineData(132, true)]
    public void Beside_another_live_attempt_it_is_adopted_when_that_one_can_no_longer_land(ulong height, bool adopted) =>
        (
            Decide(
                TransactionStatus.Broadcast,
                [Landed.Attempt(1, AttemptStatus.Broadcast, "another", lastValid: 100)],
                [landed.OnChain(7, 2)],
                height: height
            ) is AdoptionDecision.Adopt
        ).ShouldBe(adopted);

    private AdoptionDecision Decide(
        TransactionStatus status,
        TransactionAttempt[] attempts,
        OnChainTransaction[] onChainRecords,
        Payment[]? payments = null,
        ulong height = 0
    ) =>
        AdoptionDecision.Decide(
            landed.Intent(status, attempts),
            attempts,
            payments ?? [landed.Payment(7)],
            onChainRecords,
            landed.Wallet.Address,
            height,
            margin: 32
        );
}
