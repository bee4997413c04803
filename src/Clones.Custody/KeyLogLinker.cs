using Clones.Messaging;
using Clones.Persistence;
using Clones.Persistence.Keys;

namespace Clones.Custody;

/// <summary>
/// Brings what was written to the log of the keys into its chain. Every worker does, one at a time; a row is in the chain about
/// <see cref="Every"/> after its commit, and signing waits for none of it.
/// </summary>
internal sealed class KeyLogLinker(IServiceScopeFactory scopes, TimeProvider time, ILogger<KeyLogLinker> log) : BackgroundService
{
    internal static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LinkAsync(stoppingToken);
                await Task.Delay(Every, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (PostgresErrors.IsTransient(e))
            {
                log.LogWarning(e, "The key log could not be linked; it is tried again");
                await Task.Delay(Every, time, CancellationToken.None)
                    .WaitAsync(stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task LinkAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
        while (await db.TryLinkKeyEventsAsync(cancellationToken)) { }
    }
}
