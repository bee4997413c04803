using Clones.Domain;
using Clones.Hosting;
using Clones.Hosting.Bus;
using Clones.Settlement;
using Clones.Settlement.Operators;

namespace Clones.Workers.Commands;

/// <summary>
/// <c>dotnet Clones.Workers.dll reconcile</c>: reads the histories of all deposit wallets, compares them with the database, says every difference,
/// and opens the signing fence where it may be opened. <c>.. fence status|raise|hold|release|open</c> looks at the fence and moves it by hand.
/// </summary>
internal static class ReconcileCommand
{
    private const string Usage =
        "usage: reconcile | fence status | fence raise REASON | fence hold REASON | fence release | fence open ADDRESS REASON";

    private const string ReasonWanted =
        "REASON is missing or too long: one argument of 1 to 500 characters, in quotes, that says why and does not begin with a dash.";

    public static bool IsAskedFor(string[] args) => args is ["reconcile", ..] or ["fence", ..];

    /// <returns>The exit code: see <see cref="ReconcileExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        // Before any setting is looked at, and before --help is taken for a reason.
        if (args.Any(HostCommandLine.IsHelp))
        {
            await output.WriteLineAsync(Usage);
            return ReconcileExitCode.NoDifference;
        }
        if (Parse(args) is not { } run)
        {
            await errors.WriteLineAsync(args is ["fence", "raise" or "hold" or "open", ..] ? ReasonWanted : Usage);
            return ReconcileExitCode.WrongUsage;
        }
        var builder = Host.CreateApplicationBuilder();
        // Standard output is for the report.
        builder.Logging.ClearProviders();
        AddServices(builder.Services, builder.Configuration);
        // Never started: nothing is consumed here; messages are stored with the database, and a worker sends them.
        using var host = builder.Build();
        return await run(host.Services, output);
    }

    private static Func<IServiceProvider, TextWriter, Task<int>>? Parse(string[] args) =>
        args switch
        {
            ["reconcile"] => (services, output) => ReconciliationReport.RunAsync(services, output, CancellationToken.None),
            ["fence", "status"] => FenceControl.StatusAsync,
            ["fence", "raise", var reason] when IsReason(reason) => (services, output) =>
                FenceControl.RaiseAsync(services, reason, false, output),
            ["fence", "hold", var reason] when IsReason(reason) => (services, output) =>
                FenceControl.RaiseAsync(services, reason, true, output),
            ["fence", "release"] => FenceControl.ReleaseAsync,
            ["fence", "open", var wallet, var reason] when IsReason(reason) => (services, output) =>
                FenceControl.OpenAsync(services, wallet, reason, output),
            _ => null,
        };

    // What begins like an option was meant as one.
    private static bool IsReason(string text) => text.Length is > 0 and <= 500 && text[0] != '-';

    internal static void AddServices(IServiceCollection services, IConfiguration configuration) =>
        services
            .AddClonesStore(configuration)
            .AddSolanaRpc(configuration)
            .AddSettlementParts(configuration)
            .AddLedgerParts(configuration)
            .AddClonesBus(configuration);
}
