using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Clones.Testing.Hosts;

internal static class HostEnd
{
    /// <summary>For hosts whose messages wait for a key that does not come: an orchestrator would give them 20 s to think better of it.</summary>
    internal static IServiceCollection StopSoon(this IServiceCollection services) =>
        services.PostConfigure<MassTransitHostOptions>(options => options.ConsumerStopTimeout = TimeSpan.FromSeconds(2));

    /// <summary>Stops and disposes. A host that cannot end fails the test that has it and names itself so, instead of holding up the whole run.</summary>
    internal static async Task EndAsync(this IHost host)
    {
        await host.StopAsync(CancellationToken.None).OrGiveUpAsync("a host to stop", CancellationToken.None);
        await ((IAsyncDisposable)host).DisposeAsync().AsTask().OrGiveUpAsync("a host to be disposed", CancellationToken.None);
    }
}
