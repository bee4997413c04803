using Clones.Api.Auth;
using Clones.Hosting;

namespace Clones.Api.Webhooks;

internal static class WebhooksRegistration
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<WebhookSettings>(configuration);
        services
            .AddOptions<WebhookSettings>()
            .Validate<AuthOptions>((webhooks, auth) => !(webhooks.AllowsLoopback && auth.IsOnMainnet), WebhookSettings.LoopbackOnMainnet);
        return services;
    }
}
