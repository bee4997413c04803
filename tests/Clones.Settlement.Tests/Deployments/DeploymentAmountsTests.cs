using Clones.Settlement.Deployments;

namespace Clones.Settlement.Tests.Deployments;

public sealed class DeploymentAmountsTests
{
    [Theory]
    [InlineData(1_000UL, 0, 0, 1_000UL, 1_000UL)]
    [InlineData(1_000_000UL, 6, 10, 1_000_000_000_000UL, 900_000_000_000UL)]
    [InlineData(1_001UL, 0, 33, 1_001UL, 670UL)]
    [InlineData(1_000_000_000_000UL, 7, 50, 10_000_000_000_000_000_000UL, 5_000_000_000_000_000_000UL)]
    [InlineData(18_446_744_073UL, 9, 1, 18_446_744_073_000_000_000UL, 18_262_276_632_270_000_000UL)]
    public void Supply_and_pool_side_are_exact_integers(ulong whole, int decimals, int gated, ulong supply, ulong poolSide)
    {
        var amounts = DeploymentAmounts.Of(SampleAgent.Of(whole, decimals, gated));

        amounts.Supply.ShouldBe(supply);
        amounts.PoolSide.ShouldBe(poolSide);
    }

    [Fact]
    public void A_supply_beyond_a_u64_is_rejected_with_the_largest_that_fits()
    {
        var rejection = Should.Throw<DeploymentImpossibleException>(() => DeploymentAmounts.Of(SampleAgent.Of(18_446_744_074, 9)));

        rejection.Message.ShouldContain("18446744073");
    }

    [Theory]
    [InlineData(10, 0)]
    [InlineData(-1, 0)]
    [InlineData(6, 51)]
    [InlineData(6, -1)]
    public void Decimals_and_percentages_out_of_range_are_rejected(int decimals, int gated) =>
        Should.Throw<DeploymentImpossibleException>(() => DeploymentAmounts.Of(SampleAgent.Of(1_000, decimals, gated)));

    [Theory]
    [InlineData(1_000_000_000_000UL, 6, "1,000,000")]
    [InlineData(1_500_000UL, 6, "1.5")]
    [InlineData(7UL, 9, "0.000000007")]
    [InlineData(1_000UL, 0, "1,000")]
    [InlineData(ulong.MaxValue, 0, "18,446,744,073,709,551,615")]
    public void Base_units_are_shown_to_people_without_loss(ulong baseUnits, byte decimals, string text) =>
        TokenText.Of(baseUnits, decimals).ShouldBe(text);
}
