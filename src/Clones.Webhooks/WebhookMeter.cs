using System.Diagnostics.Metrics;

namespace Clones.Webhooks;

/// <summary>Counters of the webhooks, as OpenTelemetry and dotnet-counters read them.</summary>
internal sealed class WebhookMeter(IMeterFactory meters)
{
    private readonly Meter meter = meters.Create("Clones.Webhooks");

    public Counter<long> Delivered => field ??= meter.CreateCounter<long>("clones.webhooks.delivered");

    /// <summary>Attempts, not deliveries.</summary>
    public Counter<long> Failed => field ??= meter.CreateCounter<long>("clones.webhooks.failed");

    /// <summary>Deliveries that were exhausted.</summary>
    public Counter<long> Exhausted => field ??= meter.CreateCounter<long>("clones.webhooks.exhausted");
}
