using Clones.Api.Auth;
using Clones.Hosting;

namespace Clones.Api.Webhooks;

internal static class WebhooksRegistration
{
    /// <exception cref="ConfigurationMissingException">A setting is missing or wrong, or one for development is set on mainnet.</exception>
    public static IServiceCollection AddWebhooks(this IServiceCollection services, IConfiguration configuration)
    {
        var settings = WebhookSettings.Read(configuration);
        if (settings.AllowsLoopback && AuthOptions.Read(configuration).Chain.StartsWith("mainnet", StringComparison.OrdinalIgnoreCase))
        {
            throw WebhookSettings.LoopbackOnMainnet();
        }

        return services.AddSingleton(settings);
    }
}
