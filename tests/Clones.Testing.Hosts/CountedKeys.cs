using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Clones.Testing.Hosts;

/// <summary>Reads the counters of the key vault as a monitor would, host by host, from when it is made.</summary>
internal sealed class CountedKeys : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly ConcurrentDictionary<(object? Host, string Name), long> counts = new();

    public CountedKeys()
    {
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Meter.Name == "Clones.Keys")
            {
                listening.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, count, _, _) => counts.AddOrUpdate((instrument.Meter.Scope, instrument.Name), count, (_, before) => before + count)
        );
        listener.Start();
    }

    public long Of(IHost host, string name) => counts.GetValueOrDefault((host.Services.GetRequiredService<IMeterFactory>(), name));

    public void Dispose() => listener.Dispose();
}
