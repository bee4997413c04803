namespace Clones.Webhooks.Tests;

public sealed class WebhookScheduleTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset GiveUpAt = Now.AddDays(3);

    [Fact]
    public void Tries_come_ever_later_and_the_last_one_is_at_the_end_of_the_third_day()
    {
        var waits = new List<TimeSpan>();
        var now = Now;
        for (var failed = 1; WebhookSchedule.Next(failed, now, GiveUpAt, 0.5) is { } next; failed++)
        {
            waits.Add(next - now);
            now = next;
        }

        now.ShouldBe(GiveUpAt);
        waits.Take(9).ShouldBe(WebhookSchedule.Steps);
        waits.Skip(9).SkipLast(1).ShouldAllBe(w => w == TimeSpan.FromHours(8));
        waits.Count.ShouldBe(17);
    }

    [Fact]
    public void Jitter_moves_a_step_by_a_tenth_at_most()
    {
        (WebhookSchedule.Next(3, Now, GiveUpAt, 0) - Now).ShouldBe(TimeSpan.FromSeconds(108));
        (WebhookSchedule.Next(3, Now, GiveUpAt, 0.999) - Now)!.Value.ShouldBeInRange(TimeSpan.FromSeconds(131), TimeSpan.FromSeconds(132));
    }

    [Theory]
    [InlineData(-100, 120)]
    [InlineData(0, 120)]
    [InlineData(60, 120)]
    [InlineData(3_600, 3_600)]
    [InlineData(999_999_999, 12 * 3_600)]
    public void What_the_endpoint_asks_for_makes_it_later_and_only_within_bounds(int askedSeconds, int seconds) =>
        (WebhookSchedule.Next(3, Now, GiveUpAt, 0.5, TimeSpan.FromSeconds(askedSeconds)) - Now).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Fact]
    public void What_fails_at_the_end_of_its_time_or_later_is_given_up()
    {
        WebhookSchedule.Next(1, GiveUpAt, GiveUpAt, 0.5).ShouldBeNull();
        WebhookSchedule.Next(1, GiveUpAt.AddDays(9), GiveUpAt, 0.5).ShouldBeNull();
        WebhookSchedule.Next(1, GiveUpAt.AddSeconds(-1), GiveUpAt, 0.5).ShouldBe(GiveUpAt);
        WebhookSchedule.Next(1, GiveUpAt.AddSeconds(-1), GiveUpAt, 0.5, TimeSpan.MaxValue).ShouldBe(GiveUpAt);
    }
}
