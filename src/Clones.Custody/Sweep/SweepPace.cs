using Clones.Domain.Keys;

namespace Clones.Custody.Sweep;

/// <summary>
/// How fast a sweep may go: when a batch begins, all before it must be due by the schedule, which is
/// <see cref="KeySweep.KeysPerSecondMax"/> from its start on.
/// </summary>
internal static class SweepPace
{
    /// <summary>A batch holds the rows of its keys for some tens of milliseconds; a payment of one of them waits that long.</summary>
    public const int BatchMax = 500;

    /// <summary>Never more than a second's worth, so that a slow sweep is slow all the time, and not a burst now and then.</summary>
    public static int BatchOf(KeySweep sweep) => Math.Min(BatchMax, sweep.KeysPerSecondMax);

    /// <summary>More than a second's worth is never due, unless a clock was set back; nobody is to wait that out in a transaction.</summary>
    public static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(5);

    /// <param name="sweep">Started.</param>
    /// <param name="now">By the clock of this worker.</param>
    /// <returns>From zero to <see cref="PauseMax"/>.</returns>
    public static TimeSpan PauseBeforeNext(KeySweep sweep, DateTimeOffset now)
    {
        var due = sweep.StartedAt!.Value + TimeSpan.FromSeconds((sweep.Migrated + sweep.Failed) / (double)sweep.KeysPerSecondMax);
        return due <= now ? TimeSpan.Zero
            : due - now < PauseMax ? due - now
            : PauseMax;
    }
}
