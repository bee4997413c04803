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
    /// <exception cref="ConfigurationMissingException">A crash point is armed where none may be.</exception>
    public static IServiceCollection AddClonesStore(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<DatabaseOptions>(configuration);
        services.UseMicroseconds();
        services.TryAddSingleton(ArmedCrashPoint.Read(configuration));
        // Pooled: building a context anew for each message costs more than the message.
        services.AddDbContextPool<ClonesDbContext>(
            (provider, options) => options.UseClonesPostgres(provider.GetRequiredService<DatabaseOptions>().ConnectionString)
        );
        services.AddScoped<WalletLedger>();
        services.AddScoped<PaymentStore>();
        return services;
    }

    /// <summary><see cref="RpcEndpoints"/> and <see cref="WalletBalances"/> for SOLANA_RPC_URLS, as singletons.</summary>
    public static IServiceCollection AddSolanaRpc(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddLogging().UseMicroseconds();
        services.AddSettings<RpcOptions>(configuration);
        services.TryAddSingleton(provider =>
        {
            // Idle connections are renewed, so that a moved node is found by name again.
            var http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) });
            var log = provider.GetRequiredService<ILogger<RpcEndpoints>>();
            var options = provider.GetRequiredService<RpcOptions>();
            return new RpcEndpoints(
                RpcEndpoints.Parse(options.Urls, http, TimeProvider.System, limits: options.Limits).All,
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
