using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Clones.Settlement.Chain;
using Clones.Settlement.Rules;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Ledger;

/// <summary>
/// Reads the histories of wallets into the ledger, and compares what the ledger adds up to with the balances on chain. A wallet whose ledger
/// differs is read anew from its first transaction, so that a hole is found and filled, whatever has torn it.
/// </summary>
public sealed class LedgerReader(
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

    /// <summary>Nothing of ours is of such a kind, unless a node only says that it cannot be read: then a payment may be hidden in it.</summary>
    private static readonly LedgerComparison Unparsed = new LedgerComparison.Differs(
        "Funds left the wallet in a transaction that cannot be read (UNPARSED_SPENDING of ./clones reconcile)."
    );

    private readonly ConcurrentDictionary<Guid, Suspicion> suspects = [];

    /// <summary>Balances of the last look that led to nothing: by the next one, all nodes have come so far.</summary>
    private readonly ConcurrentDictionary<Guid, IReadOnlyList<IReadOnlyList<ReportedHolding>>> earlier = [];

    /// <summary>
    /// One look at some wallets, together: balances first, then how far the chain is final, then the histories up to there, each told as soon as it
    /// is read. One that cannot be read does not keep the others from being read.
    /// </summary>
    /// <param name="minSlot">Below which no balance counts; null takes any.</param>
    /// <exception cref="HistoryUnresolvedException">Too few nodes report how far the chain is final.</exception>
    public async IAsyncEnumerable<(WatchedWallet Wallet, LedgerComparison Comparison)> ReadAsync(
        IReadOnlyList<WatchedWallet> wallets,
        ulong? minSlot,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var readable = new List<(WatchedWallet Wallet, IReadOnlyDictionary<PublicKey, PublicKey> TokenAccounts)>();
        foreach (var wallet in wallets)
        {
            LedgerComparison? unresolved = null;
            try
            {
                readable.Add((wallet, await scanner.TokenAccountsAsync(wallet, cancellationToken)));
            }
            catch (Exception e) when (e is RpcException or HistoryUnresolvedException)
            {
                unresolved = new LedgerComparison.Unresolved(e.Diagnosis());
            }
            if (unresolved is not null)
            {
                yield return (wallet, unresolved);
            }
        }

        PublicKey[] addresses = [.. readable.SelectMany(r => r.TokenAccounts.Keys.Prepend(PublicKey.Parse(r.Wallet.Address)))];
        var answers = await holdings.ReadAsync(addresses, minSlot, cancellationToken);
        var horizon = await horizons.ReadAsync(cancellationToken);
        foreach (var (wallet, tokenAccounts) in readable)
        {
            var now = answers
                .Select(accounts => HoldingsOf(wallet, tokenAccounts, accounts))
                .Where(holdings => holdings.Count > 0)
                .ToList();
            yield return (wallet, await ReadAsync(wallet, tokenAccounts, now, horizon, minSlot, cancellationToken));
        }
    }

    private async Task<LedgerComparison> ReadAsync(
        WatchedWallet wallet,
        IReadOnlyDictionary<PublicKey, PublicKey> tokenAccounts,
        IReadOnlyList<IReadOnlyList<ReportedHolding>> answers,
        FinalizedHorizon horizon,
        ulong? minSlot,
        CancellationToken cancellationToken
    )
    {
        var suspect = suspects.GetValueOrDefault(wallet.Id);
        var whole = suspect is not null && time.GetElapsedTime(suspect.Since) >= suspect.WholeAgain;
        try
        {
            await scanner.ScanAsync(wallet, tokenAccounts, horizon, whole, cancellationToken);
            var comparison = await CompareAsync(wallet, answers, horizon, cancellationToken);
            if (comparison is not LedgerComparison.Equal && minSlot is null && earlier.TryGetValue(wallet.Id, out var before))
            {
                comparison = await CompareAsync(wallet, before, horizon, cancellationToken);
            }
            if (comparison is LedgerComparison.Equal(var slot))
            {
                suspects.TryRemove(wallet.Id, out _);
                earlier.TryRemove(wallet.Id, out _);
                await scanner.MoveAsync(wallet, tokenAccounts, Math.Min(slot, horizon.Slot), cancellationToken);
                return await store.HasUnparsedSpendingAsync(wallet.Id, cancellationToken) ? Unparsed : comparison;
            }

            earlier[wallet.Id] = answers;
            if (comparison is LedgerComparison.Differs)
            {
                // Nodes index a block a moment after they call it final: the next look may find nothing wrong, and only then it is read as a whole.
                Suspect(wallet, suspect, whole);
            }
            if (comparison is LedgerComparison.Differs && whole)
            {
                // All that the nodes list is stored, and it does not add up: what is missing is looked for again, and not at every look.
                await scanner.MoveAsync(wallet, tokenAccounts, horizon.Slot, cancellationToken);
            }
            return comparison;
        }
        catch (Exception e) when (e is RpcException or HistoryUnresolvedException)
        {
            if (whole)
            {
                Suspect(wallet, suspect, whole);
            }
            return new LedgerComparison.Unresolved(e.Diagnosis());
        }
    }

    private void Suspect(WatchedWallet wallet, Suspicion? before, bool whole)
    {
        if (before is null)
        {
            suspects[wallet.Id] = new Suspicion(time.GetTimestamp(), TimeSpan.Zero);
        }
        else if (whole)
        {
            var again = 2 * before.WholeAgain;
            again = again < WholeAgainMin ? WholeAgainMin : again;
            suspects[wallet.Id] = new Suspicion(time.GetTimestamp(), again < WholeAgainMax ? again : WholeAgainMax);
        }
    }

    private async Task<LedgerComparison> CompareAsync(
        WatchedWallet wallet,
        IReadOnlyList<IReadOnlyList<ReportedHolding>> answers,
        FinalizedHorizon horizon,
        CancellationToken cancellationToken
    )
    {
        ulong[] slots = [.. answers.SelectMany(holdings => holdings).Select(h => h.Slot).Distinct()];
        var sums = await store.SumsAsync(wallet.Id, slots, cancellationToken);
        return LedgerComparison.Decide(
            answers,
            (mint, slot) => sums.TryGetValue((slot, mint?.ToString() ?? ""), out var sum) ? sum : 0,
            horizon.Slot,
            horizon.Needed
        );
    }

    private static IReadOnlyList<ReportedHolding> HoldingsOf(
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
                new ReportedHolding(null, own.Slot, own.Account?.Lamports ?? 0),
                .. tokenAccounts.Select(t => new ReportedHolding(
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
    private sealed record Suspicion(long Since, TimeSpan WholeAgain);
}
