using Clones.Domain;
using Clones.Hosting.Faults;
using Clones.Persistence;
using Clones.Persistence.Payments;
using Clones.Persistence.Wallets;
using Clones.Solana.Rpc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Clones.Hosting;

/// <summary>What both hosts need of the database and the chain.</summary>
public static class ClonesStore
{
    /// <summary>The context and the database of wallets and payments, all scoped.</summary>
    /// <exception cref="ConfigurationMissingException">The connection string is missing.</exception>
    public static IServiceCollection AddClonesStore(this IServiceCollection services, IConfiguration configuration)
    {
        var connectionString = configuration.GetConnectionString("Clones");
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            throw new ConfigurationMissingException(
                "The database is missing. Set ConnectionStrings__Clones: Host=..;Port=5432;Database=clones;Username=..;Password=.."
            );
        }

        services.UseMicroseconds();
        services.TryAddSingleton(ArmedCrashPoint.Read(configuration));
        // Pooled: building a context anew for each message costs more than the message.
        services.AddDbContextPool<ClonesDbContext>(options => options.UseClonesPostgres(connectionString));
        services.AddScoped<WalletLedger>();
        services.AddScoped<PaymentStore>();
        return services;
    }

    /// <summary><see cref="RpcEndpoints"/> and <see cref="WalletBalances"/> for SOLANA_RPC_URLS, as singletons.</summary>
    /// <exception cref="ConfigurationMissingException">No address, or one that is not http(s).</exception>
    public static IServiceCollection AddSolanaRpc(this IServiceCollection services, IConfiguration configuration)
    {
        const string Wanted = "Set SOLANA_RPC_URLS: http(s) addresses of nodes of one cluster, separated by commas, the preferred first.";
        var urls = configuration["SOLANA_RPC_URLS"];
        if (string.IsNullOrWhiteSpace(urls))
        {
            throw new ConfigurationMissingException($"SOLANA_RPC_URLS is missing. {Wanted}");
        }

        services.AddLogging().UseMicroseconds();
        try
        {
            // Idle connections are renewed, so that a moved node is found by name again.
            var http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) });
            var probe = RpcEndpoints.Parse(urls, http, TimeProvider.System);
            services.TryAddSingleton(provider =>
            {
                var log = provider.GetRequiredService<ILogger<RpcEndpoints>>();
                return new RpcEndpoints(
                    probe.All,
                    provider.GetRequiredService<TimeProvider>(),
                    node =>
                        log.LogWarning(
                            "{Endpoint} is left alone until {PausedUntil}: {Reason}",
                            node.Endpoint,
                            node.PausedUntil,
                            node.LastFailure
                        )
                );
            });
        }
        catch (FormatException e)
        {
            throw new ConfigurationMissingException($"SOLANA_RPC_URLS cannot be used: {e.Message} {Wanted}");
        }

        services.TryAddSingleton<WalletBalances>();
        return services;
    }

    // ASP.NET's authentication has registered the machine's clock by then; one of a test stays.
    private static void UseMicroseconds(this IServiceCollection services)
    {
        var clock = services.LastOrDefault(s => s.ServiceType == typeof(TimeProvider));
        if (clock is null || ReferenceEquals(clock.ImplementationInstance, TimeProvider.System))
        {
            services.Replace(ServiceDescriptor.Singleton<TimeProvider>(MicrosecondTime.Instance));
        }
    }
}
