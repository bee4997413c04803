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
using Clones.Workers.Commands.Errors;
using Clones.Workers.Commands.Keys;
using Clones.Workers.Commands.Tokens;
using Clones.Workers.Hosting;

CoreDumps.SwitchOff();
if (WorkersCommandLine.Instance.Answer(args, Console.Out, Console.Error) is { } exitCode)
{
    return exitCode;
}

try
{
    if (Migration.IsAskedFor(args))
    {
        return await Migration.RunAsync();
    }

    if (ReconcileCommand.IsAskedFor(args))
    {
        return await ReconcileCommand.RunAsync(args, Console.Out, Console.Error);
    }

    if (KeysCommand.IsAskedFor(args))
    {
        return await KeysCommand.RunAsync(args, Console.Out);
    }

    if (ErrorsCommand.IsAskedFor(args))
    {
        return await ErrorsCommand.RunAsync(args, Console.Out, Console.Error);
    }

    if (TokenCommand.IsAskedFor(args))
    {
        return await TokenCommand.RunAsync(args);
    }

    var builder = WebApplication.CreateBuilder(args);
    var configuration = builder.Configuration;
    builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(30));
    builder
        .Services.AddHostLogging(configuration)
        .AddWorkerHealth()
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

    var app = builder.Build();
    if (StartCheck.IsAskedFor(args))
    {
        await StartCheck.RunAsync(app.Services);
        return 0;
    }

    app.MapWorkerHealth();
    await app.RunAsync();
    return 0;
}
catch (ConfigurationMissingException e)
{
    await Console.Error.WriteLineAsync($"The workers cannot start: {e.Message}");
    return 78;
}
