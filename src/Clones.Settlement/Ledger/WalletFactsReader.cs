using Clones.Persistence;
using Clones.Settlement.Chain;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Ledger;

/// <summary>Reads a wallet's balance, its history and its ledger, in the order in which they can be compared.</summary>
public sealed class WalletFactsReader(IServiceScopeFactory scopes, WalletScanner scanner, HorizonReader horizons, WalletBalances balances)
{
    /// <exception cref="RpcException">The chain did not answer: nothing is known, least of all zero.</exception>
    /// <exception cref="HistoryUnresolvedException">Too few nodes report the same.</exception>
    /// <param name="whole">Read its history from the first transaction on: what was read before does not add up.</param>
    public async Task<WalletFacts> ReadAsync(WatchedWallet wallet, bool whole, CancellationToken cancellationToken)
    {
        // The database first: what they call final by now is on the chain that is read after them.
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
        var transactions = await db
            .Transactions.AsNoTracking()
            .Include(t => t.Attempts)
            .Where(t => t.WalletId == wallet.Id)
            .ToListAsync(cancellationToken);
        var payments = await db.Payments.AsNoTracking().Where(p => p.WalletId == wallet.Id).ToListAsync(cancellationToken);
        var reservations = await db
            .WalletReservations.AsNoTracking()
            .Where(r => r.WalletId == wallet.Id && r.ReleasedAt == null)
            .ToListAsync(cancellationToken);

        var balance = await balances.ReadAsync(
            PublicKey.Parse(wallet.Address),
            [.. wallet.Mints.Select(PublicKey.Parse)],
            null,
            cancellationToken
        );
        var horizon = await horizons.ReadAsync(cancellationToken);
        if (horizon.Slot < balance.Slot)
        {
            throw new HistoryUnresolvedException($"The nodes have not all reached slot {balance.Slot}.");
        }
        var tokenAccounts = await scanner.TokenAccountsAsync(wallet, cancellationToken);
        await scanner.ScanAsync(wallet, tokenAccounts, horizon, whole, cancellationToken);

        var known = transactions.Select(t => t.Id).ToHashSet();
        var onChainRecords = await db
            .OnChainTransactions.AsNoTracking()
            .Where(l => l.WalletId == wallet.Id && l.Slot <= balance.Slot)
            .ToListAsync(cancellationToken);
        var movements = await db.WalletMovements.AsNoTracking().Where(m => m.WalletId == wallet.Id).ToListAsync(cancellationToken);

        // What was accepted and landed after the database was read is no difference.
        var since = onChainRecords
            .Where(l => l.TransactionId is { } id && !known.Contains(id))
            .Select(l => l.TransactionId!.Value)
            .ToList();
        var younger = await db
            .Transactions.AsNoTracking()
            .Where(t => since.Contains(t.Id))
            .Select(t => t.Id)
            .ToListAsync(cancellationToken);
        return new WalletFacts(
            wallet,
            balance,
            movements,
            [.. onChainRecords.Where(l => l.TransactionId is not { } id || !younger.Contains(id))],
            transactions,
            payments,
            reservations
        );
    }
}
