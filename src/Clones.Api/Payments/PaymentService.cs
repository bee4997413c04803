using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Contracts.Settlement;
using Clones.Domain.Faults;
using Clones.Domain.Payments;
using Clones.Domain.Tokens;
using Clones.Persistence;
using Clones.Persistence.Payments;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using MassTransit;

namespace Clones.Api.Payments;

/// <summary>Accepts a payment over HTTP: the chain is read first, then payment, reservation and message are one commit.</summary>
internal sealed class PaymentService(
    ClonesDbContext db,
    PaymentAcceptance acceptance,
    WalletBalances balances,
    IPublishEndpoint bus,
    ICrashPoints crashes
)
{
    /// <summary>A wallet that settles something between read and lock is read again; more often than this, the caller asks again.</summary>
    private const int ReadsMax = 5;

    /// <param name="request">From a caller who may pay out of this pool.</param>
    /// <param name="depositAddress">Of the pool.</param>
    /// <param name="token">Of the payment.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="seen">What the chain said a moment ago; null where it is to be asked.</param>
    /// <exception cref="ProblemException">It was not accepted.</exception>
    public async Task<Payment> AcceptAsync(
        PaymentRequest request,
        PublicKey depositAddress,
        Token token,
        CancellationToken cancellationToken,
        TransferOutlook? seen = null
    )
    {
        // A replay must not depend on the chain or on today's balance.
        if (await acceptance.FindAsync(request, cancellationToken) is { } earlier)
        {
            return AcceptanceAnswer.PaymentOf(earlier, token);
        }

        ulong? minContextSlot = null;
        for (var read = 1; ; read++)
        {
            TransferOutlook outlook;
            try
            {
                outlook =
                    read == 1 && seen is not null
                        ? seen
                        : await balances.ReadForTransferAsync(
                            depositAddress,
                            request.Recipient,
                            request.Mint,
                            minContextSlot,
                            cancellationToken
                        );
            }
            catch (RpcException e) when (request.MayWait)
            {
                // Whoever may wait for funds may wait for a node as well: what the chain would say of them is asked later.
                return AcceptanceAnswer.PaymentOf(await StoreAsync(request, $"chain_unavailable: {e.Message}", cancellationToken), token);
            }

            var result = await CommitAsync(() => acceptance.AcceptAsync(request, outlook, cancellationToken), cancellationToken);
            if (result is not PaymentAcceptanceResult.BalanceTooOld old)
            {
                return AcceptanceAnswer.PaymentOf(result, token);
            }

            if (read == ReadsMax && request.MayWait)
            {
                return AcceptanceAnswer.PaymentOf(
                    await StoreAsync(request, "chain_unavailable: The nodes lag behind.", cancellationToken),
                    token
                );
            }

            if (read == ReadsMax)
            {
                throw AcceptanceAnswer.NodesLag();
            }

            minContextSlot = old.MinContextSlot;
            db.ChangeTracker.Clear();
        }
    }

    private Task<PaymentAcceptanceResult> StoreAsync(PaymentRequest request, string reason, CancellationToken cancellationToken)
    {
        db.ChangeTracker.Clear();
        return CommitAsync(() => acceptance.AcceptWaitingAsync(request, reason, cancellationToken), cancellationToken);
    }

    private async Task<PaymentAcceptanceResult> CommitAsync(Func<Task<PaymentAcceptanceResult>> accept, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var result = await accept();
        if (result is not PaymentAcceptanceResult.Accepted accepted)
        {
            return result;
        }

        await SaveAsync(accepted, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await crashes.ReachAsync(CrashPoint.PaymentAccepted, cancellationToken);
        return result;
    }

    /// <summary>Payment, reservation and message, in the open database transaction.</summary>
    public async Task SaveAsync(PaymentAcceptanceResult.Accepted accepted, CancellationToken cancellationToken)
    {
        if (accepted.TransactionId is { } transactionId)
        {
            await bus.Publish(new PrepareTransaction { TransactionId = transactionId }, cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
    }
}
