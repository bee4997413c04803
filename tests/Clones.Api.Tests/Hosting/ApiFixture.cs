using Clones.Persistence;
using Clones.Persistence.Ledger;
using Clones.Testing;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

[assembly: AssemblyFixture(typeof(Clones.Api.Tests.Hosting.ApiFixture))]

namespace Clones.Api.Tests.Hosting;

/// <summary>The API as it runs in production, on a socket, with real database and broker; the chain is scripted and no worker runs.</summary>
public sealed class ApiFixture : IAsyncLifetime
{
    public const string OperatorKey = "operator-key-of-the-tests-0123456789abcdef";
    public const string WebhookSecret = "webhook-secret-of-the-tests-0123456789abcdef";
    public const string ServiceKey = "service-key-of-the-tests-0123456789abcdefg";

    private readonly PostgresFixture postgres = new();
    private readonly RabbitMqFixture rabbit = new();
    private Factory? factory;

    internal ScriptedChain Chain { get; } = new();
    internal ShiftedTime Time { get; } = new();
    internal TestVirtualHost Broker { get; private set; } = null!;
    internal Uri Address { get; private set; } = null!;
    internal IServiceProvider Services => factory!.Services;
    internal string Database { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await postgres.CreateDatabaseAsync("api", CreateSchemaAsync);
        // As the workers have made it before the first wallet: open.
        await using (var db = OpenDatabase())
        {
            await db.ReadFenceAsync(CancellationToken.None);
        }

        Broker = await rabbit.CreateVirtualHostAsync();
        factory = new Factory(this);
        factory.UseKestrel(0);
        factory.StartServer();
        var addresses = factory.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Address = new Uri(addresses.First());
    }

    public async ValueTask DisposeAsync()
    {
        if (factory is not null)
        {
            await factory.DisposeAsync();
        }

        await rabbit.DisposeAsync();
        await postgres.DisposeAsync();
    }

    internal Task<HttpClient> BrokerManagementAsync() => rabbit.ManagementAsync();

    internal HttpClient Client() => new() { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };

    internal HttpClient KeyClient(string key)
    {
        var client = Client();
        client.DefaultRequestHeaders.Add("X-Api-Key", key);
        return client;
    }

    internal ClonesDbContext OpenDatabase() => ClonesDbContextOptions.Open(Database);

    private static async Task CreateSchemaAsync(string connectionString)
    {
        await using var db = ClonesDbContextOptions.Open(connectionString);
        await db.Database.MigrateAsync();
    }

    private sealed class Factory(ApiFixture fixture) : WebApplicationFactory<Program>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseSetting("ConnectionStrings:Clones", fixture.Database);
            builder.UseSetting("RABBITMQ_URL", fixture.Broker.Amqp.ToString());
            builder.UseSetting("SOLANA_RPC_URLS", "http://chain.invalid");
            builder.UseSetting("CLONES_AUTH_TOKEN_KEY", "token-key-of-the-tests-0123456789-0123456789");
            builder.UseSetting("CLONES_WEBHOOK_SECRET", WebhookSecret);
            builder.UseSetting("CLONES_OPERATOR_API_KEY", OperatorKey);
            builder.UseSetting("CLONES_SERVICE_API_KEY", ServiceKey);
            // More than any test asks for, so that the headers of limits stand on every answer.
            foreach (var caller in (string[])["OWNER", "KEY", "ANONYMOUS"])
            {
                builder.UseSetting($"CLONES_RATE_LIMIT_{caller}", "1000000");
            }

            builder.UseSetting("CLONES_CORS_ORIGINS", "https://app.example.org");
            builder.UseSetting("Serilog:MinimumLevel:Default", "Warning");
            builder.ConfigureTestServices(services =>
            {
                services.Replace(ServiceDescriptor.Singleton<TimeProvider>(fixture.Time));
                services.Replace(ServiceDescriptor.Singleton(fixture.Chain.Endpoints(TimeProvider.System)));
            });
        }
    }
}
