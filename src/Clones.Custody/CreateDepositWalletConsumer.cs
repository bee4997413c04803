using Clones.Contracts.Keys;
using Clones.Domain.Operations;
using Clones.Messaging.Bus;
using Clones.Persistence;
using Clones.Persistence.Keys;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Clones.Custody;

/// <summary>Makes the deposit wallet of a training pool, once: a pool that has one keeps it.</summary>
internal sealed class CreateDepositWalletConsumer(ClonesDbContext db, DepositKeyVault vault, TimeProvider time)
    : IConsumer<CreateDepositWallet>
{
    public async Task Consume(ConsumeContext<CreateDepositWallet> context)
    {
        var poolId = context.Message.TrainingPoolId;
        var pool = await db.LockPoolAsync(poolId, context.CancellationToken);
        if (pool is null)
        {
            throw new UnacceptableMessageException($"There is no training pool {poolId}.");
        }

        if (pool.DepositWalletId is null)
        {
            var wallet = await vault.CreateDepositWalletAsync(poolId, context.CancellationToken);
            db.DepositWallets.Add(wallet);
            pool.DepositWalletId = wallet.Id;
            pool.UpdatedAt = time.GetUtcNow();
            await context.Publish(new DepositWalletCreated { TrainingPoolId = poolId, Address = wallet.Address });
        }
        if (context.Message.OperationId is { } operationId)
        {
            var operation = await db.Operations.FirstOrDefaultAsync(o => o.Id == operationId, context.CancellationToken);
            if (operation is { Status: OperationStatus.Pending })
            {
                operation.Status = OperationStatus.Succeeded;
                operation.CompletedAt = time.GetUtcNow();
            }
        }
        await db.SaveChangesAsync(context.CancellationToken);
    }
}
