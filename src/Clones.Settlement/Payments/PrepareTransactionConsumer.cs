using Clones.Contracts.Settlement;
using Clones.Domain.Keys;
using Clones.Persistence;
using Clones.Persistence.Wallets;
using Clones.Settlement.Store;
using MassTransit;

namespace Clones.Settlement.Payments;

/// <summary>The database transaction is the bus's: inbox, attempt and outgoing messages are one commit.</summary>
internal sealed class PrepareTransactionConsumer(
    ClonesDbContext db,
    WalletLedger ledger,
    PaymentPreparation preparation,
    IWalletKeys keys,
    SettlementOptions options,
    DatabaseHeartbeat heartbeat
) : IConsumer<PrepareTransaction>
{
    public Task Consume(ConsumeContext<PrepareTransaction> context) =>
        preparation.PrepareAsync(
            context.Message.TransactionId,
            new DatabaseSettlementWork(db, ledger, context, options, heartbeat),
            keys,
            context.CancellationToken
        );
}
