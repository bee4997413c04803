using Clones.Custody.Sweep;
using Clones.Domain.Keys;
using Microsoft.Extensions.Time.Testing;

namespace Clones.Workers.Tests.Sweep;

public sealed class SweepPaceTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 25, 3, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(500)]
    [InlineData(2_500)]
    [InlineData(100_000)]
    public void No_batch_begins_before_all_keys_before_it_are_due(int keysPerSecondMax)
    {
        var clock = new FakeTimeProvider(Start);
        var sweep = Sweep(keysPerSecondMax);
        for (var batch = 0; batch < 200; batch++)
        {
            clock.Advance(SweepPace.PauseBeforeNext(sweep, clock.GetUtcNow()));
            var secondsPassed = (clock.GetUtcNow() - Start).TotalSeconds;
            ((double)(sweep.Migrated + sweep.Failed)).ShouldBeLessThanOrEqualTo(secondsPassed * keysPerSecondMax + 0.1);

            // Every tenth does not open, which is work as well. The batch itself takes no time here.
            var count = SweepPace.BatchOf(sweep);
            sweep.Failed += count / 10;
            sweep.Migrated += count - count / 10;
        }
    }

    [Fact]
    public void A_batch_is_at_most_a_second_of_the_rate_and_at_most_what_payments_can_wait_for()
    {
        SweepPace.BatchOf(Sweep(3)).ShouldBe(3);
        SweepPace.BatchOf(Sweep(100_000)).ShouldBe(SweepPace.BatchMax);
    }

    [Fact]
    public void Whoever_is_behind_the_schedule_does_not_wait_and_a_clock_set_back_is_not_waited_out()
    {
        var sweep = Sweep(100);
        sweep.Migrated = 200;
        SweepPace.PauseBeforeNext(sweep, Start.AddSeconds(60)).ShouldBe(TimeSpan.Zero);
        SweepPace.PauseBeforeNext(sweep, Start.AddSeconds(1.5)).ShouldBe(TimeSpan.FromSeconds(0.5));
        SweepPace.PauseBeforeNext(sweep, Start.AddHours(-1)).ShouldBe(SweepPace.PauseMax);
    }

    private static KeySweep Sweep(int keysPerSecondMax) =>
        new()
        {
            Id = Guid.CreateVersion7(),
            KeysPerSecondMax = keysPerSecondMax,
            RequestedAt = Start,
            StartedAt = Start,
        };
}
