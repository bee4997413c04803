using System.Numerics;
using Clones.Domain.Ledger;
using Clones.Persistence.Ledger;
using Clones.Settlement.Ledger;

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
            (fence.BlockHeight, fence.Reason, fence.RaisedAt, fence.OpenedAt) = (null, reason, database.Clock, null);
            fence.Held |= held;
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

    public Task<bool> OpenFenceAsync(FenceReading raised, CancellationToken cancellationToken) =>
        AskAsync(() =>
        {
            if (!IsStill(raised) || database.Ledger.Held)
            {
                return false;
            }
            (database.Ledger.IsOpen, database.Ledger.OpenedAt) = (true, database.Clock);
            return true;
        });

    public Task<IReadOnlyList<FencedWallet>> FencedAsync(long raising, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<FencedWallet>>(() =>
            [
                .. from wallet in database.Wallets.Values
                let comparison = database.Ledger.Comparisons.GetValueOrDefault(wallet.Id)
                where comparison?.Raising != raising
                orderby wallet.Id
                select new FencedWallet(wallet.Id, wallet.Address, comparison?.Difference),
            ]
        );

    public Task<IReadOnlyDictionary<(ulong Slot, string Mint), BigInteger>> SumsAsync(
        Guid walletId,
        IReadOnlyCollection<ulong> slots,
        CancellationToken cancellationToken
    ) =>
        AskAsync<IReadOnlyDictionary<(ulong Slot, string Mint), BigInteger>>(() =>
            (
                from slot in slots
                from movement in database.Ledger.Movements.Where(m => m.Key.Wallet == walletId).SelectMany(m => m.Value)
                where movement.Slot <= slot
                group movement.Delta by (slot, movement.Mint ?? "")
            ).ToDictionary(g => g.Key, g => g.Aggregate(BigInteger.Zero, (sum, delta) => sum + delta))
        );

    public Task SaveComparisonAsync(Guid walletId, string? difference, CancellationToken cancellationToken) =>
        AskAsync(() => Save(walletId, comparison => comparison.Difference = difference));

    public Task<bool> LetThroughAsync(
        Guid walletId,
        FenceReading raised,
        string? acceptedReason,
        string? difference,
        CancellationToken cancellationToken
    ) =>
        AskAsync(() =>
            IsStill(raised) && Save(walletId, comparison => (comparison.Raising, comparison.Difference) = (raised.Raising, difference))
        );

    public Task ReleaseFenceAsync(CancellationToken cancellationToken) =>
        AskAsync(() =>
        {
            if (database.Ledger.Held)
            {
                (database.Ledger.Held, database.Ledger.Raising) = (false, database.Ledger.Raising + 1);
                (database.Ledger.BlockHeight, database.Ledger.RaisedAt) = (null, database.Clock);
            }
            return true;
        });

    public Task<IReadOnlyList<WatchedWallet>> WalletsAsync(IReadOnlyCollection<Guid>? only, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<WatchedWallet>>(() =>
            [
                .. from wallet in database.Wallets.Values
                where only?.Contains(wallet.Id) != false
                orderby wallet.Id
                let paid = database.Payments.Values.Where(p => p.WalletId == wallet.Id).Select(p => p.Mint).OfType<string>()
                select new WatchedWallet(wallet.Id, wallet.Address, wallet.CreatedAt, [.. paid.Distinct().Order(StringComparer.Ordinal)]),
            ]
        );

    public Task<IReadOnlyDictionary<string, ulong>> ScannedSlotsAsync(Guid walletId, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyDictionary<string, ulong>>(() =>
            database.Ledger.ScannedSlots.Where(s => s.Key.Wallet == walletId).ToDictionary(s => s.Key.Address, s => s.Value)
        );

    public Task<IReadOnlySet<string>> KnownAsync(
        Guid walletId,
        IReadOnlyList<string> signatures,
        bool parsedOnly,
        CancellationToken cancellationToken
    ) =>
        AskAsync<IReadOnlySet<string>>(() =>
            signatures
                .Where(s =>
                    database.Ledger.Movements.TryGetValue((walletId, s), out var movements)
                    && movements.Any(m => !parsedOnly || m.UnparsedByVersion is null)
                )
                .ToHashSet()
        );

    public Task<bool> HasUnparsedSpendingAsync(Guid walletId, CancellationToken cancellationToken) =>
        AskAsync(() =>
            database
                .Ledger.Movements.Where(m => m.Key.Wallet == walletId)
                .SelectMany(m => m.Value)
                .Any(m => m.UnparsedByVersion is not null && m.Delta < 0)
        );

    public Task<IReadOnlyList<(string Signature, ulong Slot)>> UnparsedAsync(
        Guid walletId,
        int highestVersion,
        CancellationToken cancellationToken
    ) =>
        AskAsync<IReadOnlyList<(string Signature, ulong Slot)>>(() =>
            [
                .. database
                    .Ledger.Movements.Where(m => m.Key.Wallet == walletId)
                    .SelectMany(m => m.Value)
                    .Where(m => m.UnparsedByVersion < highestVersion)
                    .Select(m => (m.Signature, m.Slot))
                    .Distinct(),
            ]
        );

    public Task SaveAsync(IReadOnlyList<WalletReading> readings, bool anew, CancellationToken cancellationToken) =>
        AskAsync(() =>
        {
            foreach (var reading in readings)
            {
                if (reading.OnChain is { } onChain)
                {
                    database.Ledger.OnChainRecords.TryAdd(onChain.Signature, onChain);
                }
                foreach (var own in reading.Movements.GroupBy(m => (m.WalletId, m.Signature)))
                {
                    var there = anew ? [] : database.Ledger.Movements.GetValueOrDefault(own.Key) ?? [];
                    database.Ledger.Movements[own.Key] = [.. there, .. own.ExceptBy(there.Select(m => m.Ordinal), m => m.Ordinal)];
                }
            }
            return true;
        });

    public Task SetScannedSlotAsync(
        Guid walletId,
        IReadOnlyCollection<string> addresses,
        ulong slot,
        CancellationToken cancellationToken
    ) =>
        AskAsync(() =>
        {
            foreach (var key in addresses.Select(address => (walletId, address)))
            {
                database.Ledger.ScannedSlots[key] = Math.Max(slot, database.Ledger.ScannedSlots.GetValueOrDefault(key));
            }
            return true;
        });

    private bool IsStill(FenceReading raised) =>
        database.Ledger.Raising == raised.Raising
        && raised.RaisedAt is not null
        && database.Ledger.RaisedAt == raised.RaisedAt
        && database.Ledger.Identity == database.Restores;

    private bool Save(Guid walletId, Action<WalletComparison> change)
    {
        if (!database.Ledger.Comparisons.TryGetValue(walletId, out var comparison))
        {
            comparison = new WalletComparison { WalletId = walletId, ComparedAt = database.Clock };
            database.Ledger.Comparisons[walletId] = comparison;
        }
        change(comparison);
        comparison.ComparedAt = database.Clock;
        return true;
    }

    private Task<T> AskAsync<T>(Func<T> answer) => database.AskAsync(process, answer);
}
