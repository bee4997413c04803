namespace Clones.Simulation;

/// <summary>What a process reads off its clocks: a wall clock that may be wrong, and a monotonic one.</summary>
internal sealed class SimulatedClock(Timeline timeline, SimulatedProcess process) : TimeProvider
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => 1_000;

    public static DateTimeOffset True(long now) => Epoch.AddMilliseconds(now);

    public override DateTimeOffset GetUtcNow() => True(timeline.Now + process.ClockSkew);

    public override long GetTimestamp() => timeline.Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new NotSupportedException("Settlement waits for nothing but its database and its nodes.");
}
