namespace Clones.Hosting;

/// <summary>What has to hold before a worker takes up its work, and ends its start where it does not.</summary>
public interface IStartCheck : IHostedService
{
    Task IHostedService.StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>
/// <c>dotnet Clones.Workers.dll check</c>: whether workers would start with these settings. It starts none, and ends as they would end. For
/// whoever replaces workers that run: those are stopped only when the new settings are good.
/// </summary>
public static class StartCheck
{
    public static bool IsAskedFor(string[] args) => args is ["check"];

    /// <exception cref="Persistence.Messaging.Hosting.ConfigurationMissingException">Says what to set.</exception>
    public static async Task RunAsync(IServiceProvider services)
    {
        foreach (var check in services.GetServices<IHostedService>().OfType<IStartCheck>())
        {
            await check.StartAsync(CancellationToken.None);
        }
    }
}
