using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Domain.Webhooks;

namespace Clones.Domain.Tests;

public sealed class TransitionTableTests
{
    [Fact]
    public void A_change_that_is_not_listed_throws_and_leaves_the_status_as_it_is()
    {
        var transaction = TransactionOf(TransactionKind.Payment, TransactionStatus.Broadcast);

        Should
            .Throw<IllegalTransitionException>(() => transaction.MoveTo(TransactionStatus.Signed))
            .Message.ShouldBe($"The status of payment transaction {transaction.Id} cannot change from BROADCAST to SIGNED.");
        transaction.Status.ShouldBe(TransactionStatus.Broadcast);

        transaction.MoveTo(TransactionStatus.Finalized);
        transaction.Status.ShouldBe(TransactionStatus.Finalized);
    }

    [Fact]
    public void Only_an_owner_who_pays_sends_what_we_have_not_signed()
    {
        TransactionOf(TransactionKind.TokenCreation, TransactionStatus.Accepted).MoveTo(TransactionStatus.Broadcast);
        Should.Throw<IllegalTransitionException>(() =>
            TransactionOf(TransactionKind.Payment, TransactionStatus.Accepted).MoveTo(TransactionStatus.Broadcast)
        );
    }

    [Fact]
    public void What_has_ended_changes_only_where_the_database_was_restored()
    {
        PaymentStatus[] ends = [PaymentStatus.Completed, PaymentStatus.Failed];
        foreach (var end in ends)
        {
            Enum.GetValues<PaymentStatus>().Where(to => to != end).ShouldAllBe(to => !PaymentTransitions.Table.Allows(end, to, true));
        }

        var table = TransactionTransitions.OfDeployments;
        table.Allows(TransactionStatus.Cancelled, TransactionStatus.Finalized, wasRestored: false).ShouldBeFalse();
        table.Allows(TransactionStatus.Cancelled, TransactionStatus.Finalized, wasRestored: true).ShouldBeTrue();
    }

    [Fact]
    public void Every_transaction_is_at_its_end_or_in_flight_or_to_be_prepared()
    {
        TransactionTransitions.Ends.ShouldBe([TransactionStatus.Finalized, TransactionStatus.Failed, TransactionStatus.Cancelled]);
        TransactionTransitions.OfDeployments.Ends.ShouldBe(TransactionTransitions.Ends, "one list serves both kinds");
        TransactionTransitions.ToPrepare.ShouldBe([TransactionStatus.Accepted, TransactionStatus.Expired]);
        TransactionTransitions.InFlightStatuses.ShouldBe([
            TransactionStatus.Signed,
            TransactionStatus.Broadcast,
            TransactionStatus.Confirmed,
            TransactionStatus.Unresolved,
        ]);
        AttemptTransitions.Table.Ends.ShouldAllBe(status => !status.IsLive());
    }

    [Fact]
    public void Every_status_is_reached_and_no_change_is_listed_twice()
    {
        Check(PaymentTransitions.Table);
        Check(AttemptTransitions.Table);
        Check(WebhookDeliveryTransitions.Table);
        Check(TransactionTransitions.OfDeployments);
        Check(TransactionTransitions.OfPayments);

        static void Check<TStatus>(TransitionTable<TStatus> table, params TStatus[] but)
            where TStatus : struct, Enum
        {
            table.Transitions.Select(t => t.To).Distinct().ShouldBe(Enum.GetValues<TStatus>().Except(but), ignoreOrder: true);
            table.Transitions.Select(t => (t.From, t.To)).ShouldBeUnique();
        }
    }

    [Theory]
    [InlineData(typeof(Payment))]
    [InlineData(typeof(ChainTransaction))]
    [InlineData(typeof(TransactionAttempt))]
    [InlineData(typeof(WebhookDelivery))]
    public void A_status_is_set_when_its_row_is_made_and_by_no_assignment_later(Type entity) =>
        entity
            .GetProperty("Status")!
            .SetMethod!.ReturnParameter.GetRequiredCustomModifiers()
            .ShouldContain(typeof(System.Runtime.CompilerServices.IsExternalInit));

    private static ChainTransaction TransactionOf(TransactionKind kind, TransactionStatus status) =>
        new()
        {
            Id = Guid.NewGuid(),
            Kind = kind,
            Status = status,
            WalletId = Guid.NewGuid(),
            CreatedAt = default,
        };
}
