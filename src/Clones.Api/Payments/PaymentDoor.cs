using System.Globalization;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Api.Tokens;
using Clones.Contracts.Settlement;
using Clones.Persistence;
using Clones.Persistence.Faults;
using Clones.Persistence.Payments;
using Clones.Persistence.Tokens;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using MassTransit;

namespace Clones.Api.Payments;

/// <summary>Accepts a payment over HTTP: the chain is read first, then payment, reservation and message are one commit.</summary>
internal sealed class PaymentDoor(
    ClonesDbContext db,
    PaymentAcceptance acceptance,
    WalletBalances balances,
    IPublishEndpoint bus,
    ICrashPoints crashes
)
{
    /// <summary>A wallet that settles something between read and lock is read again; more often than this, the caller asks again.</summary>
    private const int ReadsMax = 5;

    private const string Beside = ", beside what others have reserved or wait for";

    /// <param name="request">From a caller who may pay out of this pool.</param>
    /// <param name="depositAddress">Of the pool.</param>
    /// <param name="token">Of the payment.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProblemException">It was not accepted.</exception>
    public async Task<Payment> AcceptAsync(
        PaymentRequest request,
        PublicKey depositAddress,
        Token token,
        CancellationToken cancellationToken
    )
    {
        // A replay must not depend on the chain or on today's balance.
        if (await acceptance.FindAsync(request, cancellationToken) is { } earlier)
            return PaymentOf(earlier, token);

        ulong? minContextSlot = null;
        for (var read = 1; ; read++)
        {
            TransferOutlook outlook;
            try
            {
                outlook = await balances.ReadForTransferAsync(
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
                return PaymentOf(await StoreAsync(request, $"chain_unavailable: {e.Message}", cancellationToken), token);
            }

            var result = await CommitAsync(() => acceptance.AcceptAsync(request, outlook, cancellationToken), cancellationToken);
            if (result is not PaymentAcceptanceResult.BalanceTooOld old)
                return PaymentOf(result, token);
            if (read == ReadsMax && request.MayWait)
                return PaymentOf(await StoreAsync(request, "chain_unavailable: The nodes lag behind.", cancellationToken), token);
            if (read == ReadsMax)
                throw new ProblemException(
                    new Problem(503, ProblemCode.ChainUnavailable, "The nodes lag behind what is already settled; try again.")
                    {
                        RetryAfterSeconds = 2,
                    }
                );
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
            return result;
        if (accepted.TransactionId is { } transactionId)
            await bus.Publish(new PrepareTransaction { TransactionId = transactionId }, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await crashes.ReachAsync(CrashPoint.PaymentAccepted, cancellationToken);
        return result;
    }

    private static Payment PaymentOf(PaymentAcceptanceResult result, Token token) =>
        result switch
        {
            PaymentAcceptanceResult.Accepted accepted => accepted.Payment,
            PaymentAcceptanceResult.Replayed replayed => replayed.Payment,
            PaymentAcceptanceResult.KeyReused => throw IdempotencyKey.Reused(),
            PaymentAcceptanceResult.PoolHasNoWallet => throw Pools.PoolEndpoints.PoolNotReady(),
            PaymentAcceptanceResult.PoolPaused => throw new ProblemException(
                new Problem(
                    409,
                    ProblemCode.PoolPaused,
                    "The training pool is paused and pays no rewards. Resume it, or let the payment wait with onInsufficientFunds: wait."
                )
            ),
            PaymentAcceptanceResult.RecipientRefused refused => throw new ProblemException(
                new Problem(422, ProblemCode.RecipientNotValid, refused.Reason)
                {
                    Errors = new Dictionary<string, string[]> { ["recipient"] = [refused.Reason] },
                }
            ),
            PaymentAcceptanceResult.MissingTokens missing => throw new ProblemException(
                new Problem(
                    422,
                    ProblemCode.InsufficientFunds,
                    $"{DecimalAmount.Format(missing.Needed, token.Decimals)} {token.Symbol} are needed and "
                        + $"{DecimalAmount.Format(missing.Available, token.Decimals)} are available in the deposit wallet{Beside}."
                )
            ),
            PaymentAcceptanceResult.MissingLamports missing => throw new ProblemException(
                new Problem(
                    422,
                    token.Mint is null ? ProblemCode.InsufficientFunds : ProblemCode.InsufficientGas,
                    $"{missing.Needed.ToString(CultureInfo.InvariantCulture)} lamports are needed (fee and account rent included) and "
                        + $"{missing.Available} are available in the deposit wallet{Beside}."
                )
            ),
            _ => throw new InvalidOperationException($"No answer for {result.GetType().Name}."),
        };
}
