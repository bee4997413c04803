using Clones.Domain.Payments;

namespace Clones.Domain.Tests.Payments;

public sealed class RewardRulesTests
{
    private static readonly RewardLimits NoLimits = new();
    private static readonly PaidSubmissions Nothing = new();

    [Fact]
    public void Every_score_pays_its_share_of_every_price_in_integers_rounded_down()
    {
        ulong[] prices = [1, 2, 99, 100, 101, 10_000_000, ulong.MaxValue / 100, ulong.MaxValue - 1, ulong.MaxValue];
        foreach (var price in prices)
        {
            for (var score = 0; score <= 100; score++)
            {
                var expected = score < 50 ? 0 : (ulong)(new System.Numerics.BigInteger(price) * score / 100);
                RewardRules.Decide(score, price, NoLimits, Nothing).Amount.ShouldBe(expected, $"{score} % of {price}");
            }
        }
    }

    [Fact]
    public void The_reward_that_floats_got_wrong_is_right() =>
        RewardRules.Decide(82, 10_000_000, NoLimits, Nothing).Amount.ShouldBe(8_200_000ul);

    [Theory]
    [InlineData(80, 80, 0ul)]
    [InlineData(79, 80, 0ul)]
    [InlineData(81, 80, 81ul)]
    public void Only_a_better_score_than_the_one_paid_for_the_task_is_paid(int score, int bestPaid, ulong amount) =>
        RewardRules.Decide(score, 100, NoLimits, new PaidSubmissions(1, 1, 1, bestPaid)).Amount.ShouldBe(amount);

    [Theory]
    [InlineData(null, 1_000, 90ul)]
    [InlineData(3, 2, 90ul)]
    [InlineData(3, 3, 0ul)]
    [InlineData(0, 0, 0ul)]
    public void The_upload_limit_counts_paid_submissions(int? limit, int paid, ulong amount) =>
        RewardRules.Decide(90, 100, new RewardLimits(limit), new PaidSubmissions(paid)).Amount.ShouldBe(amount);

    [Theory]
    [InlineData(2, 1, 90ul)]
    [InlineData(2, 2, 0ul)]
    public void The_limits_of_a_day_and_of_a_task_count_by_themselves(int limit, int paid, ulong amount)
    {
        RewardRules.Decide(90, 100, new RewardLimits(UploadsPerDay: limit), new PaidSubmissions(9, paid, 9)).Amount.ShouldBe(amount);
        RewardRules.Decide(90, 100, new RewardLimits(UploadsPerTask: limit), new PaidSubmissions(9, 9, paid)).Amount.ShouldBe(amount);
    }

    [Theory]
    [InlineData(91ul, 90ul)]
    [InlineData(90ul, 90ul)]
    [InlineData(89ul, 89ul)]
    [InlineData(1ul, 1ul)]
    public void The_reward_limit_of_a_task_caps_what_is_earned(ulong limit, ulong amount) =>
        RewardRules.Decide(90, 100, new RewardLimits(TaskReward: limit), Nothing).Amount.ShouldBe(amount);

    [Fact]
    public void Every_rejection_says_why()
    {
        RewardRules.Decide(49, 100, NoLimits, Nothing).Reason.ShouldContain("below 50");
        RewardRules.Decide(60, 100, new RewardLimits(1), new PaidSubmissions(1)).Reason.ShouldContain("upload limit");
        RewardRules.Decide(60, 100, NoLimits, new PaidSubmissions(1, 1, 1, 70)).Reason.ShouldContain("70");
        RewardRules.Decide(60, 1, NoLimits, Nothing).Reason.ShouldContain("nothing");
        RewardRules.Decide(60, 100, new RewardLimits(UploadsPerDay: 1), new PaidSubmissions(1, 1)).Reason.ShouldContain("day");
        RewardRules.Decide(60, 100, new RewardLimits(UploadsPerTask: 1), new PaidSubmissions(1, 1, 1)).Reason.ShouldContain("task");
        RewardRules.Decide(60, 100, new RewardLimits(TaskReward: 5), Nothing).Reason.ShouldContain("reward limit of 5");
    }
}
