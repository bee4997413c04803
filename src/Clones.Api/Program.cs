using Clones.Api;
using Clones.Api.Agents;
using Clones.Api.Auth;
using Clones.Api.Auth.ApiKeys;
using Clones.Api.Auth.SignIn;
using Clones.Api.Documentation;
using Clones.Api.Events;
using Clones.Api.Health;
using Clones.Api.Operations;
using Clones.Api.Payments;
using Clones.Api.Pools;
using Clones.Api.Requests;
using Clones.Api.Tokens;
using Clones.Api.Webhooks;
using Clones.Hosting;
using Clones.Hosting.Bus;
using Clones.Hosting.Logging;
using Serilog.Events;

if (ApiCommandLine.Instance.Answer(args, Console.Out, Console.Error) is { } exitCode)
{
    return exitCode;
}

try
{
    if (ApiKeyCommand.IsAskedFor(args))
    {
        return await ApiKeyCommand.RunAsync(args, Console.Out, Console.Error);
    }

    var builder = WebApplication.CreateBuilder(args);
    var configuration = builder.Configuration;
    builder.WebHost.ConfigureKestrel(kestrel =>
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = RequestGuards.BodyBytesMax;
    });
    builder
        .Services.AddHostLogging(configuration, databaseLevel: LogEventLevel.Fatal)
        .AddApiHealth()
        .AddApiDocument()
        .AddEdge(configuration)
        .AddClonesAuth(AuthOptions.Read(configuration))
        .AddWebhooks(configuration)
        .AddClonesStore(configuration)
        .AddSolanaRpc(configuration)
        .AddClonesBus(configuration);

    var app = builder.Build();
    if (args is ["check"])
    {
        // Whether it would start with these settings: it starts nothing.
        return 0;
    }

    app.UseEdge();
    app.MapHealth();
    app.MapApiDocument();
    var v1 = app.MapGroup("/v1");
    v1.MapSignIn();
    v1.MapPools();
    v1.MapAgents();
    v1.MapPayments();
    v1.MapOperations();
    v1.MapTokens();
    v1.MapEvents();
    v1.MapWebhooks();
    await app.RunAsync();
    return 0;
}
catch (ConfigurationMissingException e)
{
    await Console.Error.WriteLineAsync($"The API cannot start: {e.Message}");
    return 78;
}
