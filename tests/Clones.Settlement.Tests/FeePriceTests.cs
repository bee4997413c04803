using Clones.Domain.Payments;
using Clones.Settlement.Payments;

namespace Clones.Settlement.Tests;

public sealed class FeePriceTests
{
    [Theory]
    [InlineData(0UL, 1, 1_000UL)]
    [InlineData(0UL, 2, 2_000UL)]
    [InlineData(5_000UL, 1, 5_000UL)]
    [InlineData(5_000UL, 3, 20_000UL)]
    public void The_market_is_met_and_each_further_attempt_offers_twice_as_much(ulong market, int attempt, ulong price) =>
        NodeView.Price(market, 50_000, attempt).ShouldBe(price);

    [Theory]
    [InlineData(1U, 40)]
    [InlineData(35_000U, 12)]
    [InlineData(400_000U, 1)]
    [InlineData(400_000U, 1_000)]
    public void No_market_and_no_number_of_attempts_leads_above_the_ceiling(uint units, int attempt)
    {
        foreach (var market in (ulong[])[0, 1_000_000, ulong.MaxValue])
        {
            NodeView.Fee(units, NodeView.Price(market, units, attempt)).ShouldBeLessThanOrEqualTo(PaymentAcceptanceRule.FeeLamportsMax);
        }
    }

    [Theory]
    [InlineData(100_000U, 1_000UL, 5_100UL)]
    [InlineData(1U, 1UL, 5_001UL)]
    [InlineData(1_400_000U, 100_000UL, 145_000UL)]
    public void The_fee_is_5000_lamports_and_the_price_of_all_units_rounded_up(uint units, ulong price, ulong lamports) =>
        NodeView.Fee(units, price).ShouldBe(lamports);
}
