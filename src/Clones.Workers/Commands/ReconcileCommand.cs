using System.CommandLine;
using Clones.Hosting;
using Clones.Hosting.Bus;
using Clones.Settlement;
using Clones.Settlement.Operators;

namespace Clones.Workers.Commands;

/// <summary>
/// <c>reconcile</c>: reads the histories of all deposit wallets, compares them with the database, says every difference, and opens the signing
/// fence where it may be opened. <c>fence ..</c> shows the fence and moves it by hand. Exit codes: see <see cref="ReconcileExitCode"/>.
/// </summary>
internal static class ReconcileCommand
{
    public static Command Reconcile() =>
        Make(
            "reconcile",
            "compares the ledger of all deposit wallets with the chain",
            [],
            (s, _, o) => ReconciliationReport.RunAsync(s, o, default)
        );

    public static Command Fence()
    {
        var wallet = new Argument<string>("ADDRESS") { Description = "of a deposit wallet" };
        var reason = new Argument<string>("REASON") { Description = "why, in 1 to 500 characters" };
        reason.Validators.Add(result =>
        {
            // What begins like an option was meant as one.
            if (result.Tokens is [var token] && (token.Value.Length is 0 or > 500 || token.Value[0] == '-'))
            {
                result.AddError(
                    "REASON is missing or too long: one argument of 1 to 500 characters, in quotes, that says why and does not begin with a dash."
                );
            }
        });
        string Why(ParseResult parsed) => parsed.GetRequiredValue(reason);
        return new("fence", "whether anything may be signed")
        {
            Make("status", "whether anything may be signed, and why not", [], (s, _, o) => FenceControl.StatusAsync(s, o)),
            Make("raise", "signs nothing until the chain was read", [reason], (s, p, o) => FenceControl.RaiseAsync(s, Why(p), false, o)),
            Make("hold", "signs nothing until it is released", [reason], (s, p, o) => FenceControl.RaiseAsync(s, Why(p), true, o)),
            Make("release", "ends the hold; the workers open the fence", [], (s, _, o) => FenceControl.ReleaseAsync(s, o)),
            Make(
                "open",
                "lets one deposit wallet sign although its ledger differs from the chain",
                [wallet, reason],
                (s, p, o) => FenceControl.OpenAsync(s, p.GetRequiredValue(wallet), Why(p), o)
            ),
        };
    }

    private static Command Make(
        string name,
        string description,
        Argument[] arguments,
        Func<IServiceProvider, ParseResult, TextWriter, Task<int>> run
    )
    {
        var command = new Command(name, description);
        Array.ForEach(arguments, command.Add);
        command.SetAction(
            async (parsed, _) =>
            {
                var builder = Host.CreateApplicationBuilder();
                // Standard output is for the report.
                builder.Logging.ClearProviders();
                AddServices(builder.Services, builder.Configuration);
                // Never started: nothing is consumed here; messages are stored with the database, and a worker sends them.
                using var host = builder.Build();
                return await run(host.Services, parsed, parsed.InvocationConfiguration.Output);
            }
        );
        return command;
    }

    internal static void AddServices(IServiceCollection services, IConfiguration configuration) =>
        services
            .AddClonesStore(configuration)
            .AddSolanaRpc(configuration)
            .AddSettlementParts(configuration)
            .AddLedgerParts(configuration)
            .AddClonesBus(configuration);
}
