using Clones.Persistence;
using Clones.Solana.Rpc;
using Microsoft.EntityFrameworkCore;

namespace Clones.Workers.Ledger;

/// <summary>
/// Goes round the wallets and reads their histories into the ledger, the most overdue first, a few per pass, so that many wallets cost the RPC
/// no more than few do.
/// </summary>
internal sealed class LedgerScanner(
    IServiceScopeFactory scopes,
    ILedgerStore store,
    HorizonReader horizons,
    WalletScanner scanner,
    LedgerOptions options,
    TimeProvider time,
    ILogger<LedgerScanner> log
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await PassAsync(stoppingToken);
            }
            catch (Exception e) when (e is RpcException or HistoryUnresolvedException)
            {
                log.LogWarning("The histories of the wallets cannot be read now: {Reason}", e.Diagnosis());
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogError(e, "A pass over the wallets' histories failed");
            }
            await Task.Delay(options.PassEvery, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    internal async Task PassAsync(CancellationToken cancellationToken)
    {
        var due = await DueAsync(cancellationToken);
        if (due.Count == 0)
        {
            return;
        }

        var horizon = await horizons.ReadAsync(cancellationToken);
        foreach (var wallet in due)
        {
            try
            {
                await scanner.ScanAsync(wallet, horizon, cancellationToken);
            }
            catch (Exception e) when (e is RpcException or HistoryUnresolvedException)
            {
                log.LogWarning("The history of wallet {Wallet} could not be read: {Reason}", wallet.Address, e.Diagnosis());
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
                    SELECT id FROM deposit_wallets WHERE history_read_at IS NULL OR history_read_at < now() - {options.WalletEvery}
                    ORDER BY history_read_at NULLS FIRST LIMIT {options.WalletsPerPass} FOR UPDATE SKIP LOCKED)
                RETURNING id AS "Value"
                """
            )
            .ToListAsync(cancellationToken);
        return due.Count == 0 ? [] : await store.WalletsAsync(due, cancellationToken);
    }
}
