using Microsoft.Extensions.Options;

namespace Clones.Hosting;

/// <summary>What has to hold before a worker takes up its work, and ends its start where it does not.</summary>
public interface IStartCheck : IHostedService
{
    Task IHostedService.StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>
/// <c>check</c>: whether a host would start with these settings. It starts none, and ends as it would end. For whoever replaces hosts that run:
/// those are stopped only when the new settings are good.
/// </summary>
internal static class StartCheck
{
    /// <exception cref="ConfigurationMissingException">Says what to set.</exception>
    public static async Task RunAsync(IServiceProvider services)
    {
        services.GetService<IStartupValidator>()?.Validate();
        foreach (var check in services.GetServices<IHostedService>().OfType<IStartCheck>())
        {
            await check.StartAsync(CancellationToken.None);
        }
    }
}
