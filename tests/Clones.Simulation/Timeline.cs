namespace Clones.Simulation;

/// <summary>
/// Simulated time, in milliseconds. Everything happens on one thread in one order: the code under test awaits tasks that only this loop
/// completes, and goes on inside the completion.
/// </summary>
internal sealed class Timeline
{
    private readonly PriorityQueue<Action, (long At, long Order)> events = new();
    private readonly int thread = Environment.CurrentManagedThreadId;
    private long order;

    public long Now { get; private set; }

    /// <summary>What must never happen here: the code left its thread, or threw what nobody expects.</summary>
    public List<string> Surprises { get; } = [];

    public void After(long delay, Action act)
    {
        if (Environment.CurrentManagedThreadId != thread)
        {
            lock (Surprises)
            {
                Surprises.Add("the code under test has left its thread, so that its history cannot be replayed");
            }
            return;
        }
        events.Enqueue(act, (Now + Math.Max(0, delay), order++));
    }

    /// <returns>False where the limit came first.</returns>
    public bool RunUntil(Func<bool> done, long limit)
    {
        while (!done())
        {
            if (!events.TryDequeue(out var act, out var when))
            {
                return false;
            }
            if (when.At > limit)
            {
                events.Enqueue(act, when);
                Now = limit;
                return false;
            }
            Now = when.At;
            act();
        }
        return true;
    }
}
