using Clones.Domain.Transactions;

namespace Clones.Domain.Tests.Transactions;

public sealed class TransactionIdTests
{
    private static readonly Guid Agent = Guid.Parse("019a0000-0000-7000-8000-000000000001");

    [Fact]
    public void The_same_caller_and_key_give_the_same_id_for_ever()
    {
        // Fixed: were it to change with a version of this program, what older versions have paid would not be found again.
        TransactionIds.OfPayments([("api-key:1", "order-7")]).ShouldBe(Guid.Parse("5198c1c4-3886-81c6-8070-07fec628a984"));
        TransactionIds.OfDeployment(Agent, TransactionKind.TokenCreation, 1).ShouldBe(Guid.Parse("af066718-b61a-89ab-96f0-53f15cfb1df9"));
    }

    [Fact]
    public void It_is_a_uuid_of_version_8()
    {
        var id = TransactionIds.OfPayments([("api-key:1", "order-7")]);

        id.Version.ShouldBe(8);
        id.Variant.ShouldBeInRange(8, 11);
    }

    [Theory]
    [InlineData("api-key:1", "order-8")]
    [InlineData("api-key:2", "order-7")]
    [InlineData("api-key:1o", "rder-7")]
    public void Another_caller_or_key_gives_another_id(string caller, string key) =>
        TransactionIds.OfPayments([(caller, key)]).ShouldNotBe(TransactionIds.OfPayments([("api-key:1", "order-7")]));

    [Fact]
    public void The_order_of_several_payments_does_not_matter_and_their_number_does()
    {
        var both = TransactionIds.OfPayments([("a", "1"), ("b", "2")]);

        TransactionIds.OfPayments([("b", "2"), ("a", "1")]).ShouldBe(both);
        TransactionIds.OfPayments([("a", "1")]).ShouldNotBe(both);
        TransactionIds.OfPayments([("a", "2"), ("b", "1")]).ShouldNotBe(both);
    }

    [Fact]
    public void No_payment_and_the_same_payment_twice_are_rejected()
    {
        Should.Throw<ArgumentException>(() => TransactionIds.OfPayments([]));
        Should.Throw<ArgumentException>(() => TransactionIds.OfPayments([("a", "1"), ("a", "1")]));
    }

    [Fact]
    public void A_deployment_s_id_follows_agent_kind_and_ordinal()
    {
        Guid[] ids =
        [
            TransactionIds.OfDeployment(Agent, TransactionKind.TokenCreation, 1),
            TransactionIds.OfDeployment(Agent, TransactionKind.TokenCreation, 2),
            TransactionIds.OfDeployment(Agent, TransactionKind.PoolCreation, 1),
            TransactionIds.OfDeployment(Guid.Parse("019a0000-0000-7000-8000-000000000002"), TransactionKind.TokenCreation, 1),
        ];

        ids.Distinct().Count().ShouldBe(ids.Length);
        Should.Throw<ArgumentException>(() => TransactionIds.OfDeployment(Agent, TransactionKind.Payment, 1));
        Should.Throw<ArgumentException>(() => TransactionIds.OfDeployment(Agent, TransactionKind.PoolCreation, 0));
    }
}
