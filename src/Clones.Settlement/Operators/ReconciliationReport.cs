using Clones.Domain;
using Clones.Settlement.Chain;
using Clones.Settlement.Fence;
using Clones.Settlement.Ledger;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Operators;

/// <summary>Reads the histories of all deposit wallets, compares them with the ledger, and writes every difference.</summary>
public static class ReconciliationReport
{
    private const int TriesMax = 3;

    /// <summary>Opens the signing fence, too, where it may be opened.</summary>
    /// <param name="services">With the parts of settlement and ledger.</param>
    /// <param name="output">Gets the report.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>One of <see cref="ReconcileExitCode"/>.</returns>
    public static async Task<int> RunAsync(IServiceProvider services, TextWriter output, CancellationToken cancellationToken)
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
                    $"{wallet.Address, -44}  slot {facts.Balance.Slot, -11} {facts.OnChainRecords.Count, 6} signed  {facts.Movements.Count, 6} movements  "
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
        return unresolved > 0 ? ReconcileExitCode.Unresolved
            : differences > 0 ? ReconcileExitCode.Differences
            : isOpen ? ReconcileExitCode.NoDifference
            : ReconcileExitCode.Unresolved;
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
}
