using System.Collections.Concurrent;
using Clones.Persistence.Ledger;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;

namespace Clones.Workers.Ledger;

/// <summary>
/// Reads the histories of wallets into the ledger, and compares what the ledger adds up to with the balances on chain. A wallet whose ledger
/// differs is read anew from its first transaction, so that a hole is found and filled, whatever has torn it.
/// </summary>
internal sealed class LedgerReader(
    ILedgerStore store,
    HorizonReader horizons,
    HoldingsReader holdings,
    WalletScanner scanner,
    TimeProvider time
)
{
    /// <summary>A long history is not read as a whole all the time; doubled with every reading that did not help.</summary>
    private static readonly TimeSpan WholeAgainMin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WholeAgainMax = TimeSpan.FromMinutes(30);

    private readonly ConcurrentDictionary<Guid, Suspect> suspects = [];

    /// <summary>
    /// One look at some wallets, together: balances first, then how far the chain is final, then the histories up to there. One that cannot be
    /// read does not keep the others from being read.
    /// </summary>
    /// <param name="minSlot">Below which no balance counts; null takes any.</param>
    /// <exception cref="HistoryUnresolvedException">Too few nodes tell how far the chain is final.</exception>
    public async Task<IReadOnlyList<(WatchedWallet Wallet, LedgerComparison Comparison)>> ReadAsync(
        IReadOnlyList<WatchedWallet> wallets,
        ulong? minSlot,
        CancellationToken cancellationToken
    )
    {
        var results = new List<(WatchedWallet, LedgerComparison)>();
        var readable = new List<(WatchedWallet Wallet, IReadOnlyDictionary<PublicKey, PublicKey> TokenAccounts)>();
        foreach (var wallet in wallets)
        {
            try
            {
                readable.Add((wallet, await scanner.TokenAccountsAsync(wallet, cancellationToken)));
            }
            catch (Exception e) when (e is RpcException or HistoryUnresolvedException)
            {
                results.Add((wallet, new LedgerComparison.Unresolved(e.Diagnosis())));
            }
        }

        PublicKey[] addresses = [.. readable.SelectMany(r => r.TokenAccounts.Keys.Prepend(PublicKey.Parse(r.Wallet.Address)))];
        var told = await holdings.ReadAsync(addresses, minSlot, cancellationToken);
        var horizon = await horizons.ReadAsync(cancellationToken);
        foreach (var (wallet, tokenAccounts) in readable)
        {
            results.Add((wallet, await ReadAsync(wallet, tokenAccounts, told, horizon, cancellationToken)));
        }
        return results;
    }

    private async Task<LedgerComparison> ReadAsync(
        WatchedWallet wallet,
        IReadOnlyDictionary<PublicKey, PublicKey> tokenAccounts,
        IReadOnlyList<IReadOnlyDictionary<PublicKey, (ulong Slot, AccountInfo? Account)>> told,
        FinalizedHorizon horizon,
        CancellationToken cancellationToken
    )
    {
        var suspect = suspects.GetValueOrDefault(wallet.Id);
        var whole = suspect is not null && time.GetElapsedTime(suspect.Since) >= suspect.WholeAgain;
        try
        {
            await scanner.ScanAsync(wallet, tokenAccounts, horizon, whole, cancellationToken);
            var comparison = await CompareAsync(wallet, tokenAccounts, told, horizon, cancellationToken);
            switch (comparison)
            {
                case LedgerComparison.Equal:
                    suspects.TryRemove(wallet.Id, out _);
                    await scanner.MoveAsync(wallet, tokenAccounts, horizon, cancellationToken);
                    break;
                // Nodes index a block a moment after they call it final: the next look may find nothing wrong.
                case LedgerComparison.Differs when suspect is null:
                    suspects[wallet.Id] = new Suspect(time.GetTimestamp(), TimeSpan.Zero);
                    break;
                case LedgerComparison.Differs when whole:
                    var again = 2 * suspect!.WholeAgain;
                    again = again < WholeAgainMin ? WholeAgainMin : again;
                    suspects[wallet.Id] = new Suspect(time.GetTimestamp(), again < WholeAgainMax ? again : WholeAgainMax);
                    break;
            }
            return comparison;
        }
        catch (Exception e) when (e is RpcException or HistoryUnresolvedException)
        {
            return new LedgerComparison.Unresolved(e.Diagnosis());
        }
    }

    private async Task<LedgerComparison> CompareAsync(
        WatchedWallet wallet,
        IReadOnlyDictionary<PublicKey, PublicKey> tokenAccounts,
        IReadOnlyList<IReadOnlyDictionary<PublicKey, (ulong Slot, AccountInfo? Account)>> told,
        FinalizedHorizon horizon,
        CancellationToken cancellationToken
    )
    {
        // What was read at a younger slot than the histories is no balance to compare them with.
        var witnesses = told.Select(accounts => HoldingsOf(wallet, tokenAccounts, accounts))
            .Where(holdings => holdings.Count > 0 && holdings.All(h => h.Slot <= horizon.Slot))
            .ToList();
        ulong[] slots = [.. witnesses.SelectMany(holdings => holdings).Select(h => h.Slot).Distinct()];
        var sums = await store.SumsAsync(wallet.Id, slots, cancellationToken);
        return LedgerComparison.Decide(
            witnesses,
            (mint, slot) => sums.TryGetValue((slot, mint?.ToString() ?? ""), out var sum) ? sum : 0,
            horizon.Needed
        );
    }

    private static IReadOnlyList<ToldHolding> HoldingsOf(
        WatchedWallet wallet,
        IReadOnlyDictionary<PublicKey, PublicKey> tokenAccounts,
        IReadOnlyDictionary<PublicKey, (ulong Slot, AccountInfo? Account)> accounts
    )
    {
        try
        {
            var own = accounts[PublicKey.Parse(wallet.Address)];
            return
            [
                new ToldHolding(null, own.Slot, own.Account?.Lamports ?? 0),
                .. tokenAccounts.Select(t => new ToldHolding(
                    t.Value,
                    accounts[t.Key].Slot,
                    HoldingsReader.TokensIn(accounts[t.Key].Account)
                )),
            ];
        }
        catch (FormatException)
        {
            // It calls something a token account that is none: no witness.
            return [];
        }
    }

    /// <param name="Since">When its ledger was last seen to differ, by the monotonic clock.</param>
    /// <param name="WholeAgain">After which time it may be read from the beginning.</param>
    private sealed record Suspect(long Since, TimeSpan WholeAgain);
}
