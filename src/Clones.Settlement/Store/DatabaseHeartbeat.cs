namespace Clones.Settlement.Store;

/// <summary>The highest heartbeat of the database that this process has seen. A lower one afterwards means a database that went back in time.</summary>
public sealed class DatabaseHeartbeat
{
    private long seen;

    /// <summary>To be read before the database is asked: others may ask at the same time, and answers overtake one another.</summary>
    public long Seen => Interlocked.Read(ref seen);

    public void Record(long heartbeat)
    {
        for (var known = Seen; heartbeat > known; known = Seen)
        {
            Interlocked.CompareExchange(ref seen, heartbeat, known);
        }
    }

    /// <summary>The fence is raised for what was noticed: from here on it counts anew.</summary>
    public void Restart(long heartbeat) => Interlocked.Exchange(ref seen, heartbeat);
}
