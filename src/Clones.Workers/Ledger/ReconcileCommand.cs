using Clones.Persistence;
using Clones.Persistence.Hosting;
using Clones.Persistence.Messaging.Hosting;
using Clones.Solana.Rpc;
using Clones.Workers.Hosting;
using Clones.Workers.Settlement;

namespace Clones.Workers.Ledger;

/// <summary>
/// <c>dotnet Clones.Workers.dll reconcile</c>: reads the histories of all deposit wallets, compares them with the books, says every difference,
/// and opens the signing fence where it may be opened. <c>.. fence status|raise|hold|release|open</c> looks at the fence and moves it by hand.
/// </summary>
internal static class ReconcileCommand
{
    public const int NoDifference = 0;
    public const int Differences = 1;
    public const int WrongUsage = 2;

    /// <summary>Somebody did not answer: nothing was concluded.</summary>
    public const int Unresolved = 3;

    private const int TriesMax = 3;
    private const int WalletsShownMax = 50;

    private const string Usage =
        "usage: reconcile | fence status | fence raise REASON | fence hold REASON | fence release | fence open ADDRESS REASON";

    private const string ReasonWanted =
        "REASON is missing or too long: one argument of 1 to 500 characters, in quotes, that says why and does not begin with a dash.";

    public static bool IsAskedFor(string[] args) => args is ["reconcile", ..] or ["fence", ..];

    /// <returns>The exit code: see the constants.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        // Before any setting is looked at, and before --help is taken for a reason.
        if (args.Any(HostCommandLine.IsHelp))
        {
            await output.WriteLineAsync(Usage);
            return NoDifference;
        }
        if (Parse(args) is not { } run)
        {
            await errors.WriteLineAsync(args is ["fence", "raise" or "hold" or "open", ..] ? ReasonWanted : Usage);
            return WrongUsage;
        }
        var builder = Host.CreateApplicationBuilder();
        // Standard output is for the report.
        builder.Logging.ClearProviders();
        AddServices(builder.Services, builder.Configuration);
        // Never started: nothing is consumed here; messages are stored with the books, and a worker sends them.
        using var host = builder.Build();
        return await run(host.Services, output);
    }

    private static Func<IServiceProvider, TextWriter, Task<int>>? Parse(string[] args) =>
        args switch
        {
            ["reconcile"] => (services, output) => ReconcileAsync(services, output, CancellationToken.None),
            ["fence", "status"] => StatusAsync,
            ["fence", "raise", var reason] when IsReason(reason) => (services, output) => RaiseAsync(services, reason, false, output),
            ["fence", "hold", var reason] when IsReason(reason) => (services, output) => RaiseAsync(services, reason, true, output),
            ["fence", "release"] => ReleaseAsync,
            ["fence", "open", var wallet, var reason] when IsReason(reason) => (services, output) =>
                OpenAsync(services, wallet, reason, output),
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

    internal static async Task<int> ReconcileAsync(IServiceProvider services, TextWriter output, CancellationToken cancellationToken)
    {
        var fence = services.GetRequiredService<FenceLift>();
        string state;
        var isOpen = false;
        try
        {
            (isOpen, state) = await fence.TryAsync(cancellationToken);
        }
        catch (Exception e) when (e is RpcException or HistoryUnresolvedException)
        {
            state = e.Diagnosis();
        }

        var wallets = await services.GetRequiredService<ILedgerStore>().WalletsAsync(only: null, cancellationToken);
        var reader = new WalletFactsReader(
            services.GetRequiredService<IServiceScopeFactory>(),
            services.GetRequiredService<WalletScanner>(),
            services.GetRequiredService<HorizonReader>(),
            services.GetRequiredService<WalletBalances>()
        );
        var (differences, unresolved) = (0, 0);
        foreach (var wallet in wallets)
        {
            try
            {
                var facts = await ReadAsync(reader, wallet, cancellationToken);
                var found = Reconciliation.Of(facts);
                differences += found.Count;
                await output.WriteLineAsync(
                    $"{wallet.Address, -44}  slot {facts.Balance.Slot, -11} {facts.Landings.Count, 6} signed  {facts.Movements.Count, 6} movements  "
                        + (found.Count == 0 ? "equal" : $"{found.Count} DIFFERENT")
                );
                foreach (var difference in found)
                {
                    await output.WriteLineAsync($"    {UpperSnakeCase.From(difference.Kind)}: {difference.Subject}: {difference.Detail}");
                }
                // No difference by itself: anybody can send such a transaction to any wallet.
                foreach (var entry in facts.Movements.Where(m => m.Unparsed is not null))
                {
                    await output.WriteLineAsync(
                        $"    UNPARSED: {entry.Signature}: {entry.Delta} {entry.Mint ?? "lamports"} in slot {entry.Slot}: {entry.Unparsed}"
                    );
                }
            }
            catch (Exception e) when (e is RpcException or HistoryUnresolvedException)
            {
                unresolved++;
                await output.WriteLineAsync($"{wallet.Address, -44}  UNRESOLVED: {e.Diagnosis()}");
            }
        }

        await output.WriteLineAsync($"{wallets.Count} wallets: {differences} differences, {unresolved} unresolved");
        var isHeld = (await services.GetRequiredService<ILedgerStore>().ReadFenceAsync(cancellationToken)).Held;
        await output.WriteLineAsync(
            isOpen ? "Signing fence: open"
            : isHeld ? "Signing fence: RAISED, and held by hand until ./clones fence release"
            : $"Signing fence: RAISED. {state}"
        );
        return unresolved > 0 ? Unresolved
            : differences > 0 ? Differences
            : isOpen ? NoDifference
            : Unresolved;
    }

    // Payments land while it is read; what was only half told is told whole a moment later. What still differs then is a hole, or a real difference.
    private static async Task<WalletFacts> ReadAsync(WalletFactsReader reader, WatchedWallet wallet, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                var facts = await reader.ReadAsync(wallet, whole: tries > 1, cancellationToken);
                if (tries == TriesMax || Reconciliation.Of(facts).Count == 0)
                {
                    return facts;
                }
            }
            catch (Exception e) when (tries < TriesMax && e is RpcException or HistoryUnresolvedException)
            {
                // Asked again below.
            }
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        }
    }

    internal static async Task<int> StatusAsync(IServiceProvider services, TextWriter output)
    {
        var store = services.GetRequiredService<ILedgerStore>();
        var fence = await store.ReadFenceAsync(CancellationToken.None);
        var permit = SigningPermit.Decide(fence, 0);
        await output.WriteLineAsync(permit.IsOpen ? "Signing fence: open" : $"Signing fence: RAISED: {permit.Closed}");
        if (!permit.IsOpen)
        {
            await output.WriteLineAsync($"  since {fence.RaisedAt:u}, block height {fence.BlockHeight?.ToString() ?? "not yet told"}");
            await output.WriteLineAsync(
                fence.Held ? "  held by hand: ./clones fence release" : "  the workers open it when the chain has been read"
            );
            var waiting = await store.FencedAsync(fence.Raising, CancellationToken.None);
            await output.WriteLineAsync($"  wallets that may not sign yet: {waiting.Count}");
            foreach (var wallet in waiting.Take(WalletsShownMax))
            {
                await output.WriteLineAsync($"    {wallet.Address, -44}  {wallet.Reason ?? "not compared yet"}");
            }
        }
        return permit.IsOpen ? NoDifference : Differences;
    }

    private static async Task<int> RaiseAsync(IServiceProvider services, string reason, bool held, TextWriter output)
    {
        var store = services.GetRequiredService<ILedgerStore>();
        // Who only raises it takes nobody's hold away.
        var isHeld = held || (await store.ReadFenceAsync(CancellationToken.None)).Held;
        await store.RaiseFenceAsync($"Raised by hand: {reason}", held, raising: null, CancellationToken.None);
        await output.WriteLineAsync(
            isHeld
                ? "Signing fence: raised, and held until ./clones fence release"
                : "Signing fence: raised; the workers open it when the chain has been read"
        );
        return NoDifference;
    }

    private static async Task<int> ReleaseAsync(IServiceProvider services, TextWriter output)
    {
        var store = services.GetRequiredService<ILedgerStore>();
        var before = await store.ReadFenceAsync(CancellationToken.None);
        await store.ReleaseFenceAsync(CancellationToken.None);
        await output.WriteLineAsync(
            before.IsOpen ? "Signing fence: open; nothing was held"
            : before.Held ? "Signing fence: no longer held; the workers open it when the chain has been read"
            : "Signing fence: raised, and not held; the workers open it when the chain has been read"
        );
        return NoDifference;
    }

    /// <summary>An operator lets one wallet sign although its ledger does not add up.</summary>
    internal static async Task<int> OpenAsync(IServiceProvider services, string address, string reason, TextWriter output)
    {
        var store = services.GetRequiredService<ILedgerStore>();
        var fence = await store.ReadFenceAsync(CancellationToken.None);
        if (fence.IsOpen || !fence.IsHere)
        {
            await output.WriteLineAsync(
                fence.IsOpen ? "Signing fence: open; no wallet is held back" : "Signing fence: not raised for this database yet; try again"
            );
            return fence.IsOpen ? NoDifference : Unresolved;
        }
        var waiting = await store.FencedAsync(fence.Raising, CancellationToken.None);
        if (waiting.FirstOrDefault(w => w.Address == address) is not { } wallet)
        {
            await output.WriteLineAsync($"ADDRESS: no deposit wallet {address} is held back; see ./clones fence status");
            return WrongUsage;
        }
        try
        {
            var lift = services.GetRequiredService<FenceLift>();
            var (isOpen, found) = await lift.LetThroughByHandAsync(fence, wallet.Id, reason, CancellationToken.None);
            if (!isOpen)
            {
                await output.WriteLineAsync($"Nothing was changed. {found}");
                return Unresolved;
            }
            await output.WriteLineAsync($"{address} may sign. Found by the comparison: {found}");
        }
        catch (Exception e) when (e is RpcException or HistoryUnresolvedException)
        {
            await output.WriteLineAsync($"Nothing was changed. {e.Diagnosis()}");
            return Unresolved;
        }
        if (fence.Held)
        {
            await output.WriteLineAsync("Signing fence: still held by hand for every wallet until ./clones fence release");
        }
        return NoDifference;
    }
}
