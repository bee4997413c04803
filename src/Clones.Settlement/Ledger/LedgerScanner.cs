using Clones.Hosting;
using Clones.Persistence;
using Clones.Settlement.Rules;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Ledger;

/// <summary>
/// Goes round the wallets and reads their histories into the ledger, the most overdue first, a few per pass, so that many wallets cost the RPC
/// no more than few do.
/// </summary>
internal sealed class LedgerScanner(
    IServiceScopeFactory scopes,
    ILedgerStore store,
    LedgerReader reader,
    LedgerOptions options,
    TimeProvider time,
    ILogger<LedgerScanner> log
) : PassService(time, log)
{
    protected override TimeSpan PassEvery => options.PassEvery;

    public override async Task PassAsync(CancellationToken cancellationToken)
    {
        var due = await DueAsync(cancellationToken);
        if (due.Count == 0)
        {
            return;
        }

        await foreach (var (wallet, comparison) in reader.ReadAsync(due, minSlot: null, cancellationToken))
        {
            switch (comparison)
            {
                case LedgerComparison.Unresolved(var reason):
                    Log.LogWarning("The history of wallet {Wallet} could not be read: {Reason}", wallet.Address, reason);
                    break;
                case LedgerComparison.Differs(var reason):
                    Log.LogWarning("The ledger of wallet {Wallet} differs from the chain: {Reason}", wallet.Address, reason);
                    await store.SaveComparisonAsync(wallet.Id, reason, cancellationToken);
                    break;
                default:
                    await store.SaveComparisonAsync(wallet.Id, difference: null, cancellationToken);
                    break;
            }
        }
    }

    private async Task<IReadOnlyList<WatchedWallet>> DueAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();

        // Marked before it is read: a wallet that cannot be read waits its turn instead of blocking the others.
        var due = await db
            .Database.SqlQuery<Guid>(
                $"""
                UPDATE deposit_wallets SET history_read_at = now()
                WHERE id IN (
                    SELECT id FROM deposit_wallets WHERE coalesce(history_read_at, '-infinity') < now() - {options.WalletEvery}
                    ORDER BY coalesce(history_read_at, '-infinity') LIMIT {options.WalletsPerPass} FOR UPDATE SKIP LOCKED)
                RETURNING id AS "Value"
                """
            )
            .ToListAsync(cancellationToken);
        return due.Count == 0 ? [] : await store.WalletsAsync(due, cancellationToken);
    }
}
