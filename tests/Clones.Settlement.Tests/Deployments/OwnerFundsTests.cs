using Clones.Settlement.Deployments;

namespace Clones.Settlement.Tests.Deployments;

public sealed class OwnerFundsTests
{
    private const ulong Keep = 890_880;

    [Theory]
    [InlineData(1_000UL, 5_000UL, 4_000UL)]
    [InlineData(5_000UL, 5_000UL, null)]
    [InlineData(5_001UL, 5_000UL, Keep - 1)]
    [InlineData(5_000UL + Keep - 1, 5_000UL, 1UL)]
    [InlineData(5_000UL + Keep, 5_000UL, null)]
    public void A_wallet_may_be_emptied_but_not_left_with_less_than_the_chain_keeps_alive(ulong balance, ulong total, ulong? missing) =>
        OwnerFunds.Shortfall(balance, total, Keep).ShouldBe(missing);
}
