using Clones.Hosting;

namespace Clones.Custody;

/// <summary>Raises the alarm of <see cref="EncryptionLimit"/> where nobody reads <c>keys status</c>.</summary>
internal sealed class EncryptionLimitWatch(
    IServiceScopeFactory scopes,
    TimeProvider time,
    ILogger<EncryptionLimitWatch> log,
    long alarm = EncryptionLimit.Alarm
) : PassService(time, log)
{
    /// <summary>And at the start: where workers are restarted more often than that, the alarm would never come to it.</summary>
    protected override TimeSpan PassEvery => TimeSpan.FromHours(6);

    public override async Task PassAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var census = scope.ServiceProvider.GetRequiredService<KeyInventory>();
        foreach (var (masterKey, count) in await census.EncryptionsAsync(cancellationToken))
        {
            if (EncryptionLimit.WarningOf(masterKey, count, alarm) is { } warning)
            {
                Log.LogError("{Warning}", warning);
            }
        }
    }
}
