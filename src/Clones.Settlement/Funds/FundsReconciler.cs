using Clones.Acceptance;
using Clones.Domain.Payments;
using Clones.Hosting;
using Clones.Persistence;
using Clones.Settlement.Events;
using Clones.Solana.Rpc;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Funds;

/// <summary>
/// Goes round the wallets, the most overdue first: settles their pools' statuses and wakes payments that wait for funds. A few wallets per
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
        foreach (var wallet in await DueAsync(cancellationToken))
        {
            try
            {
                // What is read for payments that wait serves the pool's status too.
                var read = await payments.ResumeAsync(wallet.Id, FailAsync, cancellationToken);
                await SettleAsync(wallet.PoolId, read, cancellationToken);
            }
            catch (RpcException e)
            {
                log.LogWarning("The funds of training pool {TrainingPoolId} could not be read: {Reason}", wallet.PoolId, e.Diagnosis);
            }
        }
    }

    private async Task<IReadOnlyList<DueWallet>> DueAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();

        // Marked as checked before the check: a wallet whose check fails waits its turn instead of blocking the others.
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
                    (SELECT id, coalesce(balance_checked_at, '-infinity') AS since FROM deposit_wallets
                        WHERE coalesce(balance_checked_at, '-infinity') < now() - {options.WalletEvery}
                        ORDER BY coalesce(balance_checked_at, '-infinity') LIMIT {options.WalletsPerPass})
                    UNION
                    SELECT w.id, w.balance_checked_at FROM waiting p JOIN deposit_wallets w ON w.id = p.wallet_id
                        WHERE w.balance_checked_at < now() - {options.WaitingEvery}
                )
                UPDATE deposit_wallets SET balance_checked_at = now()
                WHERE id = ANY (ARRAY(
                    SELECT w.id FROM due d JOIN deposit_wallets w ON w.id = d.id
                    WHERE w.balance_checked_at IS NOT DISTINCT FROM nullif(d.since, '-infinity')
                    ORDER BY d.since LIMIT {options.WalletsPerPass} FOR UPDATE OF w SKIP LOCKED))
                RETURNING id, training_pool_id AS pool_id
                """
            )
            .ToListAsync(cancellationToken);
    }

    private async Task SettleAsync(Guid poolId, IReadOnlyList<WalletBalance> known, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
        var funds = scope.ServiceProvider.GetRequiredService<PoolFunds>();
        var pool = await db.TrainingPools.AsNoTracking().SingleAsync(p => p.Id == poolId, cancellationToken);
        if (await funds.ReadAsync(pool, known, cancellationToken) is { } read && await funds.ChangesAsync(read, cancellationToken))
        {
            await using var commit = await db.Database.BeginTransactionAsync(cancellationToken);
            await funds.ApplyAsync(read, cancellationToken);
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

    private sealed record DueWallet(Guid Id, Guid PoolId);
}
