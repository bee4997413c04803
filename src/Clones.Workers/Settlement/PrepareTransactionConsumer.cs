using Clones.Contracts.Settlement;
using Clones.Persistence;
using Clones.Persistence.Wallets;
using Clones.Workers.Keys;
using Clones.Workers.Settlement.Store;
using MassTransit;

namespace Clones.Workers.Settlement;

/// <summary>The database transaction is the bus's: inbox, attempt and outgoing messages are one commit.</summary>
internal sealed class PrepareTransactionConsumer(
    ClonesDbContext db,
    WalletLedger ledger,
    PaymentPreparation preparation,
    DepositKeyVault vault,
    SettlementOptions options,
    DatabaseHeartbeat heartbeat
) : IConsumer<PrepareTransaction>
{
    public Task Consume(ConsumeContext<PrepareTransaction> context) =>
        preparation.PrepareAsync(
            context.Message.TransactionId,
            new DatabaseSettlementWork(db, ledger, context, options, heartbeat),
            vault,
            context.CancellationToken
        );
}
