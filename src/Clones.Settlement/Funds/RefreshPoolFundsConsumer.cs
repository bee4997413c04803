using Clones.Contracts.Pools;
using Clones.Domain.Operations;
using Clones.Messaging.Bus;
using Clones.Persistence;
using Clones.Solana.Rpc;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Funds;

/// <summary>Somebody wants to know now what a pool has. Waiting payments are tried right after, by <see cref="FundsReconciler"/>.</summary>
internal sealed class RefreshPoolFundsConsumer(
    ClonesDbContext db,
    PoolFunds funds,
    TimeProvider time,
    ILogger<RefreshPoolFundsConsumer> log
) : IConsumer<RefreshPoolFunds>
{
    private static readonly ILookup<Guid, WalletBalance> NothingKnown = Array.Empty<WalletBalance>().ToLookup(_ => Guid.Empty);

    public async Task Consume(ConsumeContext<RefreshPoolFunds> context)
    {
        var id = context.Message.TrainingPoolId;
        var pool =
            await db.TrainingPools.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, context.CancellationToken)
            ?? throw new UnacceptableMessageException($"There is no training pool {id}.");
        var read = (await funds.ReadAsync([pool], NothingKnown, context.CancellationToken))[0];
        if (read.Failure is { } failure)
        {
            log.LogWarning("The funds of training pool {TrainingPoolId} could not be read: {Reason}", id, failure.Diagnosis);
            await CloseAsync(context, OperationStatus.Failed, "chain_unavailable", failure.Message);
            return;
        }
        if (read.Balance is { } balance)
        {
            await funds.ApplyAsync(balance, context.CancellationToken);
        }
        await db
            .DepositWallets.Where(w => w.TrainingPoolId == id)
            .ExecuteUpdateAsync(set => set.SetProperty(w => w.BalanceCheckedAt, (DateTimeOffset?)null), context.CancellationToken);
        await CloseAsync(
            context,
            read.Balance is null ? OperationStatus.Failed : OperationStatus.Succeeded,
            read.Balance is null ? "wallet_not_ready" : null,
            read.Balance is null ? "The deposit wallet of the training pool is not made yet." : null
        );
    }

    private async Task CloseAsync(ConsumeContext<RefreshPoolFunds> context, OperationStatus status, string? code, string? detail)
    {
        if (context.Message.OperationId is not { } operationId)
        {
            return;
        }

        var now = time.GetUtcNow();
        await db
            .Operations.Where(o => o.Id == operationId && o.Status == OperationStatus.Pending)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(o => o.Status, status)
                        .SetProperty(o => o.ErrorCode, code)
                        .SetProperty(o => o.ErrorDetail, detail)
                        .SetProperty(o => o.CompletedAt, now),
                context.CancellationToken
            );
    }
}
