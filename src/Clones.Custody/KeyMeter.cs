using System.Diagnostics.Metrics;

namespace Clones.Custody;

/// <summary>Counters of the key vault, as OpenTelemetry and dotnet-counters read them.</summary>
internal sealed class KeyMeter(IMeterFactory meters)
{
    private readonly Meter meter = meters.Create("Clones.Keys");

    public Counter<long> Migrated => field ??= meter.CreateCounter<long>("clones.keys.migrated");

    /// <summary>Above zero means that rows stay under an old key: check the log.</summary>
    public Counter<long> MigrationFailed => field ??= meter.CreateCounter<long>("clones.keys.migration_failed");
    public Counter<long> Opened => field ??= meter.CreateCounter<long>("clones.keys.opened");

    /// <summary>Above zero means that a key was changed, or that a master key is missing: payments wait or fail.</summary>
    public Counter<long> OpeningFailed => field ??= meter.CreateCounter<long>("clones.keys.opening_failed");

    /// <summary>The source of the master keys could not be read again; those before stay.</summary>
    public Counter<long> SourceFailed => field ??= meter.CreateCounter<long>("clones.keys.source_failed");
}
