namespace Clones.Simulation;

/// <summary>
/// A worker process. What it asks of a server is carried out there whether or not it lives on; the answer reaches it only while it is alive,
/// and after a stop only when it is resumed. Killed, its tasks simply never go on.
/// </summary>
internal sealed class SimulatedProcess(Timeline timeline, string name)
{
    private readonly List<Action> deathbed = [];

    public string Name => name;

    public bool IsAlive { get; private set; } = true;

    /// <summary>Before this it stands still (SIGSTOP).</summary>
    public long StoppedUntil { get; private set; }

    /// <summary>Milliseconds by which its wall clock is wrong.</summary>
    public long ClockSkew { get; set; }

    public void OnDeath(Action act) => deathbed.Add(act);

    public void Kill()
    {
        if (IsAlive)
        {
            IsAlive = false;
            deathbed.ForEach(act => act());
        }
    }

    public void Stop(long forMilliseconds) => StoppedUntil = Math.Max(StoppedUntil, timeline.Now + forMilliseconds);

    public Task DelayAsync(long milliseconds) => CallAsync(milliseconds, () => true, 0);

    /// <summary>A request to a server: carried out there after <paramref name="there"/>, answered after <paramref name="back"/> more.</summary>
    public Task<T> CallAsync<T>(long there, Func<T> carryOut, long back)
    {
        var answer = new TaskCompletionSource<T>();
        timeline.After(
            there,
            () =>
            {
                try
                {
                    var value = carryOut();
                    timeline.After(back, () => Deliver(() => answer.SetResult(value)));
                }
                catch (Exception e)
                {
                    timeline.After(back, () => Deliver(() => answer.SetException(e)));
                }
            }
        );
        return answer.Task;
    }

    /// <summary>Hands something to the process when it can take it: never to a dead one.</summary>
    public void Deliver(Action act)
    {
        if (!IsAlive)
        {
            return;
        }
        if (timeline.Now < StoppedUntil)
        {
            timeline.After(StoppedUntil - timeline.Now, () => Deliver(act));
            return;
        }
        act();
    }
}
