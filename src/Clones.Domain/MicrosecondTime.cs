namespace Clones.Domain;

/// <summary>The clock of the system in whole microseconds, which is what PostgreSQL keeps: what is answered at once is what is read back later.</summary>
public sealed class MicrosecondTime : TimeProvider
{
    public static MicrosecondTime Instance { get; } = new();

    public override DateTimeOffset GetUtcNow() => Truncate(base.GetUtcNow());

    public static DateTimeOffset Truncate(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond));
}
