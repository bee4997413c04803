namespace Clones.Custody.Tests.Transit;

/// <summary>Writes waits down and ends them at once; time-outs of 30 s never come.</summary>
internal sealed class HurriedTime : TimeProvider
{
    private static readonly TimeSpan TimeOut = TimeSpan.FromSeconds(30);

    public List<TimeSpan> Waits { get; } = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == TimeOut)
        {
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
        }
        if (dueTime != Timeout.InfiniteTimeSpan)
        {
            Waits.Add(dueTime);
            dueTime = TimeSpan.Zero;
        }
        return base.CreateTimer(callback, state, dueTime, period);
    }
}
