using Clones.Custody;
using Clones.Hosting;
using Clones.Hosting.Bus;
using Clones.Hosting.Logging;
using Clones.Lifecycle;
using Clones.Settlement;
using Clones.Settlement.Deployments;
using Clones.Settlement.Funds;
using Clones.Settlement.Payments;
using Clones.Settlement.Rewards;
using Clones.Webhooks;
using Clones.Workers.Commands;

CoreDumps.SwitchOff();
return await WorkersCommandLine.Create(Build, app => app.MapHostHealth()).RunAsync(args, Console.Out, Console.Error);

static WebApplication Build(string[] settings)
{
    var builder = WebApplication.CreateBuilder(settings);
    var configuration = builder.Configuration;
    builder.Host.ConfigureHostOptions(options => options.ShutdownTimeout = TimeSpan.FromSeconds(30));
    builder
        .Services.AddHostLogging(configuration)
        .AddHostHealth()
        .AddClonesStore(configuration)
        .AddSolanaRpc(configuration)
        .AddKeys(configuration)
        .AddAgentLifecycle()
        .AddDeployments(configuration)
        .AddSettlement(configuration)
        .AddPayments()
        .AddPools(configuration)
        .AddLedger(configuration)
        .AddWebhooks(configuration)
        .AddClonesBus(
            configuration,
            bus =>
            {
                bus.AddKeys();
                bus.AddAgentLifecycle();
                bus.AddDeployments();
                bus.AddSettlement();
                bus.AddPayments();
                bus.AddPools();
                bus.AddRewards();
                bus.AddWebhooks();
            }
        );
    return builder.Build();
}
