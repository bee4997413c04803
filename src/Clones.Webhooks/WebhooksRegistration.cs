using System.Net;
using Clones.Domain;
using Clones.Hosting;
using Clones.Hosting.Bus;
using MassTransit;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Clones.Webhooks;

public static class WebhooksRegistration
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<WebhookSettings>(configuration);
        services.AddSettings<WebhookOptions>(configuration, "Webhooks");
        services.TryAddSingleton<Jitter>(Random.Shared.NextDouble);
        services.AddSingleton<WebhookResolver>(Dns.GetHostAddressesAsync);
        services.AddSingleton<WebhookLoopback>();
        services.AddHostedService(s => s.GetRequiredService<WebhookLoopback>());
        services.AddSingleton<WebhookLookups>();
        services.AddSingleton<WebhookConnections>();
        services.AddSingleton<WebhookRequests>();
        services.AddSingleton<WebhookMeter>();
        services.AddSingleton<WebhookSlowEndpoints>();
        services.AddSingleton<WebhookClaims>();
        services.AddSingleton<WebhookDeliveryWriter>();
        services.AddScoped<WebhookDeliveries>();
        services.AddHostedService<WebhookSender>();
        services.AddHostedService<WebhookSweeper>();
        return services;
    }

    public static void AddWebhooks(this IBusRegistrationConfigurator bus) => bus.AddConsumerWithoutInbox<WebhookEventsConsumer>();
}
