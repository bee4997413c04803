using Clones.Contracts.Settlement;
using Clones.Persistence;
using Clones.Persistence.Wallets;
using Clones.Settlement.Store;
using MassTransit;

namespace Clones.Settlement.Payments;

/// <summary>The database transaction is the bus's.</summary>
internal sealed class PaymentSettledConsumer(
    ClonesDbContext db,
    WalletLedger ledger,
    PaymentCloser closer,
    SettlementOptions options,
    DatabaseHeartbeat heartbeat
) : IConsumer<TransactionSettled>
{
    public Task Consume(ConsumeContext<TransactionSettled> context) =>
        closer.CloseAsync(
            context.Message.TransactionId,
            new DatabaseSettlementWork(db, ledger, context, options, heartbeat),
            context.CancellationToken
        );
}
