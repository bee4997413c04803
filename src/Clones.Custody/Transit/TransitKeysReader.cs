using Clones.Hosting;

namespace Clones.Custody.Transit;

/// <summary>Tries Vault at the start, and asks it once a minute whether its key was rotated.</summary>
internal sealed class TransitKeysReader(TransitKeys keys, KeyMeter meter, TimeProvider time, ILogger<TransitKeysReader> log)
    : BackgroundService
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromMinutes(1);

    /// <exception cref="ConfigurationMissingException">There is no such key, or it cannot bind: the workers do not start.</exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await AskAsync(thoroughly: true, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(AskEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await AskAsync(thoroughly: false, stoppingToken);
            }
            catch (ConfigurationMissingException e)
            {
                meter.SourceFailed.Add(1);
                log.LogError("Vault's key can no longer be used: {Reason}", e.Message);
            }
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
                log.LogInformation("{MasterKey} is written with", keys.Current);
            }
        }
        catch (TransitUnavailableException e)
        {
            // Payments wait for it; it is no reason to be away as well.
            meter.SourceFailed.Add(1);
            log.LogError("Vault does not serve: {Reason}", e.Message);
        }
    }
}
