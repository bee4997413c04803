using System.Numerics;
using Clones.Domain.Ledger;

namespace Clones.Domain.Tests.Ledger;

public sealed class LargestRemainderTests
{
    [Theory]
    [InlineData(5_000, new ulong[] { 1, 1, 1 }, new[] { 1_667, 1_667, 1_666 })]
    [InlineData(10, new ulong[] { 5, 3, 1 }, new[] { 6, 3, 1 })]
    [InlineData(3, new ulong[] { 1, 2 }, new[] { 1, 2 })]
    [InlineData(7, new ulong[] { 0, 4, 0 }, new[] { 0, 7, 0 })]
    [InlineData(1, new ulong[] { 0, 0 }, new[] { 1, 0 })]
    [InlineData(0, new ulong[] { 1, 1 }, new[] { 0, 0 })]
    public void Shares_are_whole_and_as_near_as_they_can_be(int amount, ulong[] weights, int[] shares) =>
        LargestRemainder.Share(amount, weights).ShouldBe(shares.Select(s => (BigInteger)s));

    [Fact]
    public void Whatever_is_shared_adds_up_and_no_share_is_a_lamport_off()
    {
        var dice = new Random(16);
        for (var i = 0; i < 10_000; i++)
        {
            var amount = new BigInteger(dice.NextInt64());
            ulong[] weights = [.. Enumerable.Range(0, dice.Next(1, 13)).Select(_ => (ulong)dice.NextInt64(1, long.MaxValue / 16))];
            var total = weights.Aggregate(BigInteger.Zero, (sum, w) => sum + w);

            var shares = LargestRemainder.Share(amount, weights);

            shares.Aggregate(BigInteger.Zero, (sum, s) => sum + s).ShouldBe(amount);
            shares.Zip(weights).All(s => BigInteger.Abs(s.First * total - amount * s.Second) < total).ShouldBeTrue();
        }
    }

    [Fact]
    public void Nothing_is_shared_among_nobody_and_no_debt()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => LargestRemainder.Share(1, []));
        Should.Throw<ArgumentOutOfRangeException>(() => LargestRemainder.Share(-1, [1]));
    }
}
