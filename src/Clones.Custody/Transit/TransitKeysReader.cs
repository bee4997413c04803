using Clones.Hosting;

namespace Clones.Custody.Transit;

/// <summary>Tries Vault at the start, and asks it once a minute whether its key was rotated.</summary>
internal sealed class TransitKeysReader(TransitKeys keys, KeyMeter meter, TimeProvider time, ILogger<TransitKeysReader> log)
    : PassService(time, log)
{
    protected override TimeSpan PassEvery => TimeSpan.FromMinutes(1);

    protected override bool WaitsFirst => true;

    /// <exception cref="ConfigurationMissingException">There is no such key, or it cannot bind: the workers do not start.</exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await AskAsync(thoroughly: true, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override Task PassAsync(CancellationToken cancellationToken) => AskAsync(thoroughly: false, cancellationToken);

    protected override void Report(Exception failure)
    {
        if (failure is ConfigurationMissingException)
        {
            meter.SourceFailed.Add(1);
            Log.LogError("Vault's key can no longer be used: {Reason}", failure.Message);
        }
        else
        {
            base.Report(failure);
        }
    }

    private async Task AskAsync(bool thoroughly, CancellationToken cancellationToken)
    {
        var before = keys.Current;
        try
        {
            await keys.AskAsync(thoroughly, cancellationToken);
            if (keys.Current != before)
            {
                Log.LogInformation("{MasterKey} is written with", keys.Current);
            }
        }
        catch (TransitUnavailableException e)
        {
            // Payments wait for it; it is no reason to be away as well.
            meter.SourceFailed.Add(1);
            Log.LogError("Vault does not serve: {Reason}", e.Message);
        }
    }
}
