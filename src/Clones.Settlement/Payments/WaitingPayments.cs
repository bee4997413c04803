using Clones.Contracts.Settlement;
using Clones.Domain.Payments;
using Clones.Domain.Pools;
using Clones.Persistence;
using Clones.Persistence.Payments;
using Clones.Settlement.Events;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Payments;

/// <summary>Tries the payments of a wallet that wait for funds, oldest first, each in a database transaction of its own.</summary>
internal sealed class WaitingPayments(IServiceScopeFactory scopes, ClonesDbContext db, WalletBalances balances)
{
    private const int BatchMax = 100;

    /// <exception cref="RpcException">The chain did not answer: they go on waiting.</exception>
    public async Task ResumeAsync(Guid walletId, CancellationToken cancellationToken)
    {
        var waiting = await (
            from payment in db.Payments.AsNoTracking()
            join wallet in db.DepositWallets on payment.WalletId equals wallet.Id
            join pool in db.TrainingPools on payment.TrainingPoolId equals pool.Id
            where
                payment.WalletId == walletId
                && payment.Status == PaymentStatus.WaitingForFunds
                && !(payment.Kind == PaymentKind.Reward && pool.Status == TrainingPoolStatus.Paused)
            orderby payment.CreatedAt
            select new WaitingPayment(payment, wallet.Address, wallet.SettledSlot)
        )
            .Take(BatchMax)
            .ToListAsync(cancellationToken);

        // Who still waits for a token makes those behind him wait too, or a large payment would starve.
        var exhausted = new HashSet<string>();
        foreach (var one in waiting.Where(w => !exhausted.Contains(w.Payment.Mint ?? "")))
        {
            if (!await ResumeAsync(one, cancellationToken))
            {
                exhausted.Add(one.Payment.Mint ?? "");
            }
        }
    }

    private async Task<bool> ResumeAsync(WaitingPayment waiting, CancellationToken cancellationToken)
    {
        var outlook = await balances.ReadForTransferAsync(
            PublicKey.Parse(waiting.WalletAddress),
            PublicKey.Parse(waiting.Payment.Recipient),
            waiting.Payment.Mint is null ? null : PublicKey.Parse(waiting.Payment.Mint),
            waiting.SettledSlot == 0 ? null : waiting.SettledSlot,
            cancellationToken
        );
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
        await using var commit = await context.Database.BeginTransactionAsync(cancellationToken);
        var payment = (
            await context
                .Payments.FromSql($"SELECT * FROM payments WHERE id = {waiting.Payment.Id} FOR UPDATE")
                .ToListAsync(cancellationToken)
        ).Single();
        var result = await scope.ServiceProvider.GetRequiredService<PaymentAcceptance>().ResumeAsync(payment, outlook, cancellationToken);
        await ActAsync(scope.ServiceProvider, payment, result, cancellationToken);
        await context.SaveChangesAsync(cancellationToken);
        await commit.CommitAsync(cancellationToken);
        return result is not (PaymentAcceptanceResult.Accepted { TransactionId: null } or PaymentAcceptanceResult.BalanceTooOld);
    }

    private static async Task ActAsync(
        IServiceProvider services,
        Payment payment,
        PaymentAcceptanceResult result,
        CancellationToken cancellationToken
    )
    {
        var publish = services.GetRequiredService<IPublishEndpoint>();
        switch (result)
        {
            case PaymentAcceptanceResult.Accepted { TransactionId: { } transactionId }:
                await publish.Publish(new PrepareTransaction { TransactionId = transactionId }, cancellationToken);
                break;
            case PaymentAcceptanceResult.RecipientRefused(var reason):
                var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
                payment.MoveTo(PaymentStatus.Failed);
                payment.Reason = reason;
                payment.CompletedAt = now;
                await publish.Publish(PaymentEvents.Failed(payment, now), cancellationToken);
                break;
        }
    }

    private sealed record WaitingPayment(Payment Payment, string WalletAddress, ulong SettledSlot);
}
