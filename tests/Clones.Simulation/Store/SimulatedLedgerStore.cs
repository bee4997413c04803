using Clones.Persistence.Ledger;
using Clones.Workers.Ledger;

namespace Clones.Simulation.Store;

/// <summary>The ledger and the fence as one process uses them; each call commits by itself.</summary>
internal sealed class SimulatedLedgerStore(Database database, SimulatedProcess process) : ILedgerStore
{
    public Task<FenceReading> ReadFenceAsync(CancellationToken cancellationToken) => AskAsync(database.ReadFence);

    public Task<bool> RaiseFenceAsync(string reason, bool held, long? raising, CancellationToken cancellationToken) =>
        AskAsync(() =>
        {
            var fence = database.Ledger;
            if (raising is not null && fence.Raising != raising)
            {
                return false;
            }
            (fence.Raising, fence.IsOpen, fence.Identity) = (fence.Raising + 1, false, database.Restores);
            (fence.BlockHeight, fence.Reason) = (null, reason);
            return true;
        });

    public Task SetFenceHeightAsync(long raising, ulong blockHeight, CancellationToken cancellationToken) =>
        AskAsync(() =>
        {
            if (database.Ledger.Raising == raising)
            {
                database.Ledger.BlockHeight ??= blockHeight;
            }
            return true;
        });

    public Task<bool> OpenFenceAsync(long raising, CancellationToken cancellationToken) =>
        AskAsync(() =>
        {
            var fence = database.Ledger;
            var same = fence.Raising == raising && fence.Identity == database.Restores;
            fence.IsOpen |= same;
            return same;
        });

    public Task ReleaseFenceAsync(CancellationToken cancellationToken) => throw new NotSupportedException("Nobody holds it here.");

    public Task<IReadOnlyList<WatchedWallet>> WalletsAsync(IReadOnlyCollection<Guid>? only, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<WatchedWallet>>(() =>
            [.. database.Wallets.Values.Select(w => new WatchedWallet(w.Id, w.Address, w.CreatedAt, []))]
        );

    public Task<ulong?> ScannedSlotAsync(Guid walletId, string address, CancellationToken cancellationToken) =>
        AskAsync<ulong?>(() => database.Ledger.ScannedSlots.TryGetValue((walletId, address), out var slot) ? slot : null);

    public Task<IReadOnlySet<string>> KnownAsync(Guid walletId, IReadOnlyList<string> signatures, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlySet<string>>(() => signatures.Where(s => database.Ledger.Known.Contains((walletId, s))).ToHashSet());

    // Every worker is of the same release.
    public Task<IReadOnlyList<(string Signature, ulong Slot)>> UnparsedAsync(
        Guid walletId,
        int highestVersion,
        CancellationToken cancellationToken
    ) => AskAsync<IReadOnlyList<(string Signature, ulong Slot)>>(() => []);

    public Task SaveAsync(IReadOnlyList<WalletReading> readings, bool anew, CancellationToken cancellationToken) =>
        AskAsync(() =>
        {
            foreach (var reading in readings)
            {
                if (reading.Landing is { } landing)
                {
                    database.Ledger.Landings.TryAdd(landing.Signature, landing);
                }
                database.Ledger.Known.Add((reading.Movements[0].WalletId, reading.Movements[0].Signature));
            }
            return true;
        });

    public Task SetScannedSlotAsync(Guid walletId, string address, ulong slot, CancellationToken cancellationToken) =>
        AskAsync(() =>
        {
            var key = (walletId, address);
            database.Ledger.ScannedSlots[key] = Math.Max(slot, database.Ledger.ScannedSlots.GetValueOrDefault(key));
            return true;
        });

    private Task<T> AskAsync<T>(Func<T> answer) => database.AskAsync(process, answer);
}
