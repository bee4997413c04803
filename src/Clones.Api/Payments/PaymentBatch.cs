using Clones.Api.Problems;
using Clones.Domain.Faults;
using Clones.Domain.Payments;
using Clones.Persistence;
using Clones.Persistence.Payments;
using Clones.Solana.Rpc;

namespace Clones.Api.Payments;

/// <summary>What became of one payment of a batch: one of the two.</summary>
internal sealed record BatchOutcome(Payment? Payment, Problem? Problem);

/// <summary>Accepts many payments: each by itself, or all in one commit. The chain is asked for several of them at a time.</summary>
internal sealed class PaymentBatch(
    ClonesDbContext db,
    PaymentService door,
    PaymentAcceptance acceptance,
    WalletBalances balances,
    ICrashPoints crashes
)
{
    private const int QuestionsAtOnce = 8;

    /// <summary>As for a single payment: <see cref="PaymentService"/>.</summary>
    private const int ReadsMax = 5;

    /// <summary>In their order, each in a commit of its own, so that the first ones get what funds there are.</summary>
    public async Task<IReadOnlyList<BatchOutcome>> AcceptEachAsync(
        IReadOnlyList<IncomingPayment> payments,
        CancellationToken cancellationToken
    )
    {
        var outcomes = new List<BatchOutcome>();
        foreach (var some in payments.Chunk(QuestionsAtOnce))
        {
            var seen = await LookAsync(some, minContextSlot: null, cancellationToken);
            for (var i = 0; i < some.Length; i++)
            {
                var (payment, look) = (some[i], seen[i]);
                db.ChangeTracker.Clear();
                outcomes.Add(
                    await TryAsync(() => door.AcceptAsync(payment.Request, payment.DepositAddress, payment.Token, cancellationToken, look))
                );
            }
        }
        return outcomes;
    }

    /// <summary>In one commit, or none of them.</summary>
    /// <returns>Where one holds a problem, nothing was stored, and the others are what would have been.</returns>
    /// <exception cref="ProblemException">The nodes lag behind the database.</exception>
    public async Task<IReadOnlyList<BatchOutcome>> AcceptAllAsync(
        IReadOnlyList<IncomingPayment> payments,
        CancellationToken cancellationToken
    )
    {
        ulong? minContextSlot = null;
        for (var read = 1; read <= ReadsMax; read++)
        {
            db.ChangeTracker.Clear();
            var seen = new List<TransferOutlook?>();
            foreach (var some in payments.Chunk(QuestionsAtOnce))
            {
                seen.AddRange(await LookAsync(some, minContextSlot, cancellationToken));
            }

            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            var outcomes = new BatchOutcome[payments.Count];
            minContextSlot = await StoreAsync(payments, seen, outcomes, cancellationToken);
            if (minContextSlot is null && Array.TrueForAll(outcomes, o => o.Problem is null))
            {
                await transaction.CommitAsync(cancellationToken);
                await crashes.ReachAsync(CrashPoint.PaymentAccepted, cancellationToken);
                return outcomes;
            }

            // Said aloud: the messages of the scope go with it.
            await transaction.RollbackAsync(cancellationToken);
            if (minContextSlot is null)
            {
                return outcomes;
            }
        }
        throw AcceptanceAnswer.NodesLag();
    }

    /// <returns>Null; or the slot that the nodes must have reached for a look that is worth something.</returns>
    private async Task<ulong?> StoreAsync(
        IReadOnlyList<IncomingPayment> payments,
        List<TransferOutlook?> seen,
        BatchOutcome[] outcomes,
        CancellationToken cancellationToken
    )
    {
        // Locks are held to the end of it: in one order, whoever comes with the same pools and keys.
        await acceptance.LockKeysAsync(payments.Select(p => p.Request), cancellationToken);
        foreach (
            var (i, (request, _, token)) in payments
                .Index()
                .OrderBy(p => p.Item.Request.TrainingPoolId)
                .ThenBy(p => p.Item.Request.IdempotencyKey, StringComparer.Ordinal)
        )
        {
            var result = await AcceptAsync(request, seen[i], cancellationToken);
            if (result is PaymentAcceptanceResult.BalanceTooOld old)
            {
                return old.MinContextSlot;
            }

            if (result is PaymentAcceptanceResult.Accepted accepted)
            {
                await door.SaveAsync(accepted, cancellationToken);
            }

            outcomes[i] = result is null
                ? new BatchOutcome(null, Problem.ChainUnavailable)
                : await TryAsync(() => Task.FromResult(AcceptanceAnswer.PaymentOf(result, token)));
        }
        return null;
    }

    /// <returns>Null where the chain would have to be asked, and does not answer.</returns>
    private async Task<PaymentAcceptanceResult?> AcceptAsync(
        PaymentRequest request,
        TransferOutlook? seen,
        CancellationToken cancellationToken
    )
    {
        if (seen is not null)
        {
            return await acceptance.AcceptAsync(request, seen, cancellationToken);
        }

        if (request.MayWait)
        {
            return await acceptance.AcceptWaitingAsync(request, "chain_unavailable: No node answered.", cancellationToken);
        }

        return await acceptance.FindAsync(request, cancellationToken);
    }

    private Task<TransferOutlook?[]> LookAsync(
        IReadOnlyList<IncomingPayment> payments,
        ulong? minContextSlot,
        CancellationToken cancellationToken
    ) => Task.WhenAll(payments.Select(p => LookAsync(p, minContextSlot, cancellationToken)));

    /// <returns>Null where no node answered; what that means depends on the payment.</returns>
    private async Task<TransferOutlook?> LookAsync(IncomingPayment payment, ulong? minContextSlot, CancellationToken cancellationToken)
    {
        var request = payment.Request;
        try
        {
            return await balances.ReadForTransferAsync(
                payment.DepositAddress,
                request.Recipient,
                request.Mint,
                minContextSlot,
                cancellationToken
            );
        }
        catch (RpcException)
        {
            return null;
        }
    }

    private static async Task<BatchOutcome> TryAsync(Func<Task<Payment>> accept)
    {
        try
        {
            return new BatchOutcome(await accept(), null);
        }
        catch (ProblemException refused)
        {
            return new BatchOutcome(null, refused.Problem);
        }
        catch (RpcException)
        {
            return new BatchOutcome(null, Problem.ChainUnavailable);
        }
    }
}
