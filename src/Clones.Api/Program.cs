using Clones.Api;
using Clones.Api.Agents;
using Clones.Api.Auth;
using Clones.Api.Auth.SignIn;
using Clones.Api.Documentation;
using Clones.Api.Events;
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

return await ApiCommandLine.Create(Build, Map).RunAsync(args, Console.Out, Console.Error);

static WebApplication Build(string[] settings)
{
    var builder = WebApplication.CreateBuilder(settings);
    var configuration = builder.Configuration;
    builder.WebHost.ConfigureKestrel(kestrel =>
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = RequestGuards.BodyBytesMax;
    });
    builder
        .Services.AddHostLogging(configuration, databaseLevel: LogEventLevel.Fatal)
        .AddHostHealth()
        .AddApiDocument()
        .AddEdge(configuration)
        .AddClonesAuth(configuration)
        .AddWebhooks(configuration)
        .AddClonesStore(configuration)
        .AddSolanaRpc(configuration)
        .AddClonesBus(configuration);
    return builder.Build();
}

static void Map(WebApplication app)
{
    app.UseEdge();
    app.MapHostHealth().RequireAuthorization(Policies.Operate);
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
}
