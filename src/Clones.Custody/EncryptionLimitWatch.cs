using System.Data.Common;
using Clones.Messaging;

namespace Clones.Custody;

/// <summary>Raises the alarm of <see cref="EncryptionLimit"/> where nobody looks at <c>keys status</c>.</summary>
internal sealed class EncryptionLimitWatch(
    IServiceScopeFactory scopes,
    TimeProvider time,
    ILogger<EncryptionLimitWatch> log,
    long alarm = EncryptionLimit.Alarm
) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromHours(6);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        // At the start too: where workers are restarted more often than that, the timer alone would never come to it.
        do
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception e) when (e is DbException || PostgresErrors.IsTransient(e))
            {
                log.LogWarning("The encryptions of the master keys could not be counted: {Reason}", e.Message);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var census = scope.ServiceProvider.GetRequiredService<KeyInventory>();
        foreach (var (masterKey, count) in await census.EncryptionsAsync(cancellationToken))
        {
            if (EncryptionLimit.WarningOf(masterKey, count, alarm) is { } warning)
            {
                log.LogError("{Warning}", warning);
            }
        }
    }
}
