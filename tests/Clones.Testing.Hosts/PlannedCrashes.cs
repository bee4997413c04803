using System.Collections.Concurrent;
using Clones.Domain.Faults;

namespace Clones.Testing.Hosts;

/// <summary>Ends or freezes whoever reaches a planned point, once for each plan; everything else goes on.</summary>
internal sealed class PlannedCrashes : ICrashPoints
{
    private readonly ConcurrentDictionary<CrashPoint, ConcurrentQueue<Func<Task>>> plans = new();
    private readonly ConcurrentQueue<CrashPoint> struck = [];

    /// <summary>The points at which somebody has died, in order.</summary>
    public IReadOnlyCollection<CrashPoint> Struck => struck;

    /// <summary>The next that reaches the point dies there: what it had not committed is gone.</summary>
    public void DieAt(CrashPoint point) => Plan(point, () => Task.FromException(new ProcessDiedException(point)));

    /// <summary>The next that reaches the point stands still there until it is let go.</summary>
    public Frozen FreezeAt(CrashPoint point)
    {
        var frozen = new Frozen();
        Plan(
            point,
            () =>
            {
                frozen.Reached.SetResult();
                return frozen.Released.Task;
            }
        );
        return frozen;
    }

    public async ValueTask ReachAsync(CrashPoint point, CancellationToken cancellationToken)
    {
        if (plans.TryGetValue(point, out var planned) && planned.TryDequeue(out var strike))
        {
            struck.Enqueue(point);
            await strike();
        }
    }

    private void Plan(CrashPoint point, Func<Task> strike) => plans.GetOrAdd(point, _ => new ConcurrentQueue<Func<Task>>()).Enqueue(strike);

    internal sealed class Frozen
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public TaskCompletionSource Released { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

internal sealed class ProcessDiedException(CrashPoint point) : Exception($"It died at {point}.");
