using Clones.Hosting;
using Clones.Persistence;
using Clones.Persistence.Keys;

namespace Clones.Custody;

/// <summary>
/// Brings what was written to the log of the keys into its chain. Every worker does, one at a time; a row is in the chain about
/// <see cref="Every"/> after its commit, and signing waits for none of it.
/// </summary>
internal sealed class KeyLogLinker(IServiceScopeFactory scopes, TimeProvider time, ILogger<KeyLogLinker> log) : PassService(time, log)
{
    internal static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    protected override TimeSpan PassEvery => Every;

    public override async Task PassAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
        while (await db.TryLinkKeyEventsAsync(cancellationToken)) { }
    }
}
