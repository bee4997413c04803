using Clones.Contracts.Settlement;
using Clones.Domain.Payments;
using Clones.Domain.Wallets;
using Clones.Messaging.Bus;
using Clones.Persistence;
using Clones.Persistence.Payments;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Payments;

/// <summary>
/// Accepts what a message asks to be paid, in the commit of that message. Nobody waits for an answer, so it is never refused for what may pass:
/// where funds are missing, the pool is paused or no node answers, the payment waits.
/// </summary>
internal sealed class PaymentRequestHandler(ClonesDbContext db, PaymentAcceptance acceptance, WalletBalances balances)
{
    private const int ReadsMax = 3;

    /// <param name="context">Publishes what comes next.</param>
    /// <param name="request">That may wait.</param>
    /// <param name="recipientField">What the sender calls the recipient.</param>
    /// <param name="keyField">What the sender calls the idempotency key.</param>
    /// <returns>The payment, of now or of an earlier delivery.</returns>
    /// <exception cref="UnacceptableMessageException">It can never be paid.</exception>
    public async Task<Payment> TakeAsync(ConsumeContext context, PaymentRequest request, string recipientField, string keyField)
    {
        switch (await AcceptAsync(request, context.CancellationToken))
        {
            case PaymentAcceptanceResult.Accepted(var payment, var transactionId):
                if (transactionId is { } id)
                {
                    await context.Publish(new PrepareTransaction { TransactionId = id });
                }
                return payment;
            case PaymentAcceptanceResult.Replayed(var payment):
                return payment;
            case PaymentAcceptanceResult.KeyReused(var earlier):
                throw new UnacceptableMessageException(
                    $"{keyField}: {request.IdempotencyKey} was asked for before with other contents, and is payment {earlier}. "
                        + "Nothing is paid twice; a new payment needs an id of its own."
                );
            case PaymentAcceptanceResult.RecipientRefused(var reason):
                throw new UnacceptableMessageException($"{recipientField} cannot be paid. {reason}");
            case PaymentAcceptanceResult.PoolHasNoWallet:
                throw new InvalidOperationException($"The deposit wallet of training pool {request.TrainingPoolId} is not made yet.");
            case var other:
                throw new InvalidOperationException($"The payment of {request.IdempotencyKey} was not accepted: {other.GetType().Name}.");
        }
    }

    private async Task<PaymentAcceptanceResult> AcceptAsync(PaymentRequest request, CancellationToken cancellationToken)
    {
        var wallet = await db
            .DepositWallets.Where(w => w.TrainingPoolId == request.TrainingPoolId)
            .Select(w => new { w.Address, w.SettledSlot })
            .FirstOrDefaultAsync(cancellationToken);
        if (wallet is null)
        {
            return new PaymentAcceptanceResult.PoolHasNoWallet(request.TrainingPoolId);
        }

        var minSlot = wallet.SettledSlot;
        try
        {
            for (var read = 0; read < ReadsMax; read++)
            {
                var outlook = await balances.ReadForTransferAsync(
                    PublicKey.Parse(wallet.Address),
                    request.Recipient,
                    request.Mint,
                    minSlot == 0 ? null : minSlot,
                    cancellationToken
                );
                var result = await TryAsync(request, outlook, cancellationToken);
                if (result is not PaymentAcceptanceResult.BalanceTooOld old)
                {
                    return result;
                }
                minSlot = old.MinContextSlot;
            }
            return await acceptance.AcceptWaitingAsync(
                request,
                "chain_unavailable: The balance was outdated at every read.",
                cancellationToken
            );
        }
        catch (RpcException e)
        {
            // What was asked for is not lost because a node is: it waits.
            return await acceptance.AcceptWaitingAsync(request, $"chain_unavailable: {e.Message}", cancellationToken);
        }
    }

    /// <summary>One try, whose locks are given back where it has to be made again: no wallet waits for a node that lags behind.</summary>
    private async Task<PaymentAcceptanceResult> TryAsync(
        PaymentRequest request,
        TransferOutlook outlook,
        CancellationToken cancellationToken
    )
    {
        const string BeforeTry = "before_try";
        var transaction =
            db.Database.CurrentTransaction
            ?? throw new InvalidOperationException("A message is consumed in a transaction of the database.");
        await transaction.CreateSavepointAsync(BeforeTry, cancellationToken);
        var result = await acceptance.AcceptAsync(request, outlook, cancellationToken);
        if (result is PaymentAcceptanceResult.BalanceTooOld)
        {
            // PostgreSQL frees what was locked behind a savepoint that is rolled back to. What was read of the wallet is no longer held either.
            await transaction.RollbackToSavepointAsync(BeforeTry, cancellationToken);
            foreach (var wallet in db.ChangeTracker.Entries<DepositWallet>().ToList())
            {
                wallet.State = EntityState.Detached;
            }
        }
        return result;
    }
}
