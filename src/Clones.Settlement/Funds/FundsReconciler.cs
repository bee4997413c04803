using Clones.Acceptance;
using Clones.Domain.Payments;
using Clones.Hosting;
using Clones.Messaging;
using Clones.Persistence;
using Clones.Settlement.Attempts;
using Clones.Settlement.Events;
using Clones.Solana.Rpc;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Funds;

/// <summary>
/// Goes round the wallets, the most overdue first: settles their pools' statuses and wakes payments that wait for funds. Some wallets per
/// pass, so that many pools cost the RPC no more than few do.
/// </summary>
internal sealed class FundsReconciler(
    IServiceScopeFactory scopes,
    PaymentService payments,
    FundsOptions options,
    TimeProvider time,
    ILogger<FundsReconciler> log
) : PassService(time, log)
{
    protected override TimeSpan PassEvery => options.PassEvery;

    public override async Task PassAsync(CancellationToken cancellationToken)
    {
        var due = await DueAsync(cancellationToken);
        var pools = new HashSet<Guid>(due.Select(wallet => wallet.PoolId));
        var known = new List<(Guid PoolId, WalletBalance Balance)>();
        foreach (var wallet in due.Where(wallet => wallet.Waits))
        {
            try
            {
                // What is read for payments that wait serves the pool's status too.
                var read = await payments.ResumeAsync(wallet.Id, FailAsync, cancellationToken);
                known.AddRange(read.Select(balance => (wallet.PoolId, balance)));
            }
            catch (Exception e) when (!PostgresErrors.IsAway(e) && !cancellationToken.IsCancellationRequested)
            {
                // Neither its pool nor the others pay for it.
                NotRead(wallet.PoolId, e);
                pools.Remove(wallet.PoolId);
            }
        }
        if (pools.Count > 0)
        {
            var balances = known.ToLookup(k => k.PoolId, k => k.Balance);
            await GroupThenHalves.RunAsync(
                [.. pools],
                some => SettleAsync(some, balances, cancellationToken),
                (some, e) => Array.ForEach(some, poolId => NotRead(poolId, e)),
                Log,
                cancellationToken
            );
        }
    }

    private void NotRead(Guid poolId, Exception e) =>
        Log.LogWarning("The funds of training pool {TrainingPoolId} could not be read: {Reason}", poolId, e.Diagnosis());

    private async Task<IReadOnlyList<DueWallet>> DueAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();

        // Marked as checked before the check: a wallet whose check fails waits its turn instead of blocking the others. Those with payments
        // that wait and all others take turns, so that neither waits for the end of the other's queue.
        return await db
            .Database.SqlQuery<DueWallet>(
                $"""
                WITH RECURSIVE waiting AS (
                    (SELECT wallet_id FROM payments WHERE exceptional_status = 'WAITING_FOR_FUNDS' ORDER BY wallet_id LIMIT 1)
                    UNION ALL
                    SELECT (SELECT p.wallet_id FROM payments p
                        WHERE p.exceptional_status = 'WAITING_FOR_FUNDS' AND p.wallet_id > w.wallet_id ORDER BY p.wallet_id LIMIT 1)
                    FROM waiting w WHERE w.wallet_id IS NOT NULL
                ), due AS (
                    (SELECT 1 AS kind, id, coalesce(balance_checked_at, '-infinity') AS since FROM deposit_wallets
                        WHERE coalesce(balance_checked_at, '-infinity') < now() - {options.WalletEvery}
                        ORDER BY coalesce(balance_checked_at, '-infinity') LIMIT {options.WalletsPerPass})
                    UNION ALL
                    SELECT 0, w.id, coalesce(w.balance_checked_at, '-infinity') FROM waiting p JOIN deposit_wallets w ON w.id = p.wallet_id
                        WHERE coalesce(w.balance_checked_at, '-infinity') < now() - {options.WaitingEvery}
                ), turns AS (
                    SELECT id, since, kind, row_number() OVER (PARTITION BY kind ORDER BY since) AS turn FROM due
                )
                UPDATE deposit_wallets SET balance_checked_at = now()
                WHERE id = ANY (ARRAY(
                    SELECT w.id FROM turns t JOIN deposit_wallets w ON w.id = t.id
                    WHERE w.balance_checked_at IS NOT DISTINCT FROM nullif(t.since, '-infinity')
                    ORDER BY t.turn, t.kind LIMIT {options.WalletsPerPass} FOR UPDATE OF w SKIP LOCKED))
                RETURNING id, training_pool_id AS pool_id, EXISTS (
                    SELECT 1 FROM payments p
                    WHERE p.wallet_id = deposit_wallets.id AND p.exceptional_status = 'WAITING_FOR_FUNDS') AS waits
                """
            )
            .ToListAsync(cancellationToken);
    }

    private async Task SettleAsync(Guid[] poolIds, ILookup<Guid, WalletBalance> known, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
        var funds = scope.ServiceProvider.GetRequiredService<PoolFunds>();
        var pools = await db.TrainingPools.AsNoTracking().Where(p => poolIds.Contains(p.Id)).ToListAsync(cancellationToken);
        var readings = await funds.ReadAsync(pools, known, cancellationToken);
        foreach (var reading in readings)
        {
            if (reading.Failure is { } failure)
            {
                NotRead(reading.Pool.Id, failure);
            }
        }
        foreach (var changed in await funds.ChangedAsync([.. readings.Select(r => r.Balance).OfType<PoolBalance>()], cancellationToken))
        {
            await using var commit = await db.Database.BeginTransactionAsync(cancellationToken);
            await funds.ApplyAsync(changed, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            await commit.CommitAsync(cancellationToken);
        }
    }

    private async Task FailAsync(ClonesDbContext db, IPublishEndpoint publish, Payment payment)
    {
        var events = new PaymentEventPublisher(db, publish, Time);
        await events.PublishAsync(PaymentEvents.Failed(payment, payment.CompletedAt ?? Time.GetUtcNow()), CancellationToken.None);
        await events.WriteDeliveriesAsync(CancellationToken.None);
    }

    private sealed record DueWallet(Guid Id, Guid PoolId, bool Waits);
}
