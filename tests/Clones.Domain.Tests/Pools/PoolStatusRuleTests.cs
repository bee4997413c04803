using Clones.Domain.Pools;
using static Clones.Domain.Pools.TrainingPoolStatus;

namespace Clones.Domain.Tests.Pools;

public sealed class PoolStatusRuleTests
{
    [Theory]
    [InlineData(Live, 100ul, 99ul, 50ul, NoFunds)]
    [InlineData(NoFunds, 100ul, 100ul, 50ul, Live)]
    [InlineData(Live, 100ul, 100ul, 49ul, NoGas)]
    [InlineData(NoGas, 100ul, 0ul, 0ul, NoFunds)]
    [InlineData(NoFunds, 0ul, 0ul, 50ul, NoFunds)]
    [InlineData(Paused, 100ul, 0ul, 0ul, Paused)]
    [InlineData(Paused, 100ul, 100ul, 50ul, Paused)]
    public void Tokens_first_then_gas_and_never_over_the_owners_pause(
        TrainingPoolStatus current,
        ulong price,
        ulong tokens,
        ulong lamports,
        TrainingPoolStatus expected
    ) => PoolStatusRule.Decide(current, price, paysInSol: false, tokens, lamports, gasLamports: 50).ShouldBe(expected);

    [Theory]
    [InlineData(149ul, NoFunds)]
    [InlineData(150ul, Live)]
    public void A_pool_that_pays_in_sol_needs_price_and_fee_together(ulong lamports, TrainingPoolStatus expected) =>
        PoolStatusRule.Decide(NoFunds, 100, paysInSol: true, 0, lamports, gasLamports: 50).ShouldBe(expected);

    [Fact]
    public void A_price_near_the_top_does_not_overflow() =>
        PoolStatusRule.Decide(NoFunds, ulong.MaxValue, paysInSol: true, 0, ulong.MaxValue, gasLamports: 50).ShouldBe(NoFunds);
}
