using Clones.Settlement.Chain;
using Clones.Settlement.Fence;
using Clones.Settlement.Ledger;
using Clones.Settlement.Rules;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Operators;

/// <summary>How an operator reads the signing fence and moves it. Every method returns one of <see cref="ReconcileExitCode"/>.</summary>
public static class FenceControl
{
    private const int WalletsShownMax = 50;

    public static async Task<int> StatusAsync(IServiceProvider services, TextWriter output)
    {
        var store = services.GetRequiredService<ILedgerStore>();
        var fence = await store.ReadFenceAsync(CancellationToken.None);
        var permit = SigningPermit.Decide(fence, 0);
        await output.WriteLineAsync(permit.IsOpen ? "Signing fence: open" : $"Signing fence: RAISED: {permit.Closed}");
        if (!permit.IsOpen)
        {
            await output.WriteLineAsync($"  since {fence.RaisedAt:u}, block height {fence.BlockHeight?.ToString() ?? "not yet known"}");
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
        return permit.IsOpen ? ReconcileExitCode.NoDifference : ReconcileExitCode.Differences;
    }

    public static async Task<int> RaiseAsync(IServiceProvider services, string reason, bool held, TextWriter output)
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
        return ReconcileExitCode.NoDifference;
    }

    public static async Task<int> ReleaseAsync(IServiceProvider services, TextWriter output)
    {
        var store = services.GetRequiredService<ILedgerStore>();
        var before = await store.ReadFenceAsync(CancellationToken.None);
        await store.ReleaseFenceAsync(CancellationToken.None);
        await output.WriteLineAsync(
            before.IsOpen ? "Signing fence: open; nothing was held"
            : before.Held ? "Signing fence: no longer held; the workers open it when the chain has been read"
            : "Signing fence: raised, and not held; the workers open it when the chain has been read"
        );
        return ReconcileExitCode.NoDifference;
    }

    /// <summary>An operator lets one wallet sign although its ledger does not add up.</summary>
    public static async Task<int> OpenAsync(IServiceProvider services, string address, string reason, TextWriter output)
    {
        var store = services.GetRequiredService<ILedgerStore>();
        var fence = await store.ReadFenceAsync(CancellationToken.None);
        if (fence.IsOpen || !fence.IsHere)
        {
            await output.WriteLineAsync(
                fence.IsOpen ? "Signing fence: open; no wallet is held back" : "Signing fence: not raised for this database yet; try again"
            );
            return fence.IsOpen ? ReconcileExitCode.NoDifference : ReconcileExitCode.Unresolved;
        }
        var waiting = await store.FencedAsync(fence.Raising, CancellationToken.None);
        if (waiting.FirstOrDefault(w => w.Address == address) is not { } wallet)
        {
            await output.WriteLineAsync($"ADDRESS: no deposit wallet {address} is held back; see ./clones fence status");
            return ReconcileExitCode.WrongUsage;
        }
        try
        {
            var lift = services.GetRequiredService<FenceLift>();
            var (isOpen, found) = await lift.LetThroughByHandAsync(fence, wallet.Id, reason, CancellationToken.None);
            if (!isOpen)
            {
                await output.WriteLineAsync($"Nothing was changed. {found}");
                return ReconcileExitCode.Unresolved;
            }
            await output.WriteLineAsync($"{address} may sign. Found by the comparison: {found}");
        }
        catch (Exception e) when (e is RpcException or HistoryUnresolvedException)
        {
            await output.WriteLineAsync($"Nothing was changed. {e.Diagnosis()}");
            return ReconcileExitCode.Unresolved;
        }
        if (fence.Held)
        {
            await output.WriteLineAsync("Signing fence: still held by hand for every wallet until ./clones fence release");
        }
        return ReconcileExitCode.NoDifference;
    }
}
