using Clones.Hosting;
using Clones.Settlement.Chain;
using Clones.Settlement.Fence;
using Clones.Settlement.Ledger;

namespace Clones.Settlement;

public static class LedgerRegistration
{
    /// <summary>The parts that read the chain into the database, without the services that do it by themselves.</summary>
    public static IServiceCollection AddLedgerParts(this IServiceCollection services, IConfiguration configuration) =>
        services
            .AddSettings<LedgerOptions>(configuration, "Ledger")
            .AddSingleton<ILedgerStore, DatabaseLedgerStore>()
            .AddSingleton<HorizonReader>()
            .AddSingleton<WalletScanner>()
            .AddSingleton<HoldingsReader>()
            .AddSingleton<LedgerReader>()
            .AddSingleton<FenceLift>();

    public static IServiceCollection AddLedger(this IServiceCollection services, IConfiguration configuration) =>
        services.AddLedgerParts(configuration).AddHostedService<FenceKeeper>().AddHostedService<LedgerScanner>();
}
