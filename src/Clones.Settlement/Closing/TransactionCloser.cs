using Clones.Domain.Faults;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Persistence.Wallets;
using Clones.Settlement.Events;
using Clones.Settlement.Rules;
using Clones.Settlement.Store;
using Clones.Solana.Messages;

namespace Clones.Settlement.Closing;

/// <summary>
/// What follows from the end of transactions, in the commit that ends them: payments are closed and their reservations given back; those that
/// the chain has rejected together go on in smaller transactions; whoever deploys is told by a message and closes by itself.
/// </summary>
public sealed class TransactionCloser(
    SettlementRules rules,
    TransactionRegrouping regrouping,
    SettlementOptions options,
    ICrashPoints crashes,
    TimeProvider time
)
{
    /// <summary>All within <paramref name="work"/>, which holds the locks of the transactions' rows and which the caller commits.</summary>
    /// <param name="work">Where they were ended.</param>
    /// <param name="ended">FINALIZED or FAILED, not closed before: all that end in this work, so that wallets are locked once and in order.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task CloseAsync(ISettlementWork work, IReadOnlyList<EndedTransaction> ended, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        foreach (var (transaction, _, _) in ended)
        {
            transaction.SettledAt ??= now;
            transaction.WakeUps = 0;
            // Only so many wake-ups may be on their way at once: this one is over.
            (transaction.LeaseOwner, transaction.LeaseUntil) = (null, null);
        }
        await ClosePaymentsAsync(work, [.. ended.Where(e => e.Transaction.Kind == TransactionKind.Payment)], now, cancellationToken);
        await PublishSettledAsync(work, [.. ended.Where(e => e.Transaction.Kind != TransactionKind.Payment)], cancellationToken);
    }

    private async Task ClosePaymentsAsync(
        ISettlementWork work,
        IReadOnlyList<EndedTransaction> ended,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (ended.Count == 0)
        {
            return;
        }

        Guid[] ids = [.. ended.Select(e => e.Transaction.Id)];
        var wallets = (
            await work.LockWalletsAsync([.. ended.Select(e => e.Transaction.WalletId).Distinct()], cancellationToken)
        ).ToDictionary(w => w.Id);
        var payments = (await work.PaymentsAsync(ids, cancellationToken)).ToLookup(p => p.TransactionId!.Value);
        var open = (await work.OpenReservationsAsync(ids, cancellationToken)).ToLookup(r => r.TransactionId);
        foreach (var (transaction, attempt, _) in ended)
        {
            var wallet = wallets[transaction.WalletId];
            Payment[] unfinished =
            [
                .. payments[transaction.Id].Where(p => p.Status is not (PaymentStatus.Completed or PaymentStatus.Failed)),
            ];
            if (attempt is { Error: { } error } && unfinished.Length > 1)
            {
                // One of them has failed all of them.
                var culprit = BatchSplit.CulpritOf(error, Message.Deserialize(attempt.MessageBytes), unfinished);
                await regrouping.RegroupAsync(work, transaction, rules.Split(unfinished, culprit), open[transaction.Id], cancellationToken);
            }
            else
            {
                foreach (var payment in unfinished)
                {
                    await work.PublishAsync(Close(payment, transaction, attempt, now), cancellationToken);
                }
            }
            WalletLedger.Release(wallet, open[transaction.Id], attempt?.Slot, now);
            wallet.BalanceCheckedAt = null;
        }
        await crashes.ReachAsync(CrashPoint.PaymentsClosed, cancellationToken);
    }

    private static object Close(Payment payment, ChainTransaction transaction, TransactionAttempt? attempt, DateTimeOffset now)
    {
        payment.Signature = attempt?.Signature;
        payment.Slot = attempt?.Slot;
        payment.CompletedAt = now;
        if (transaction.Status == TransactionStatus.Finalized)
        {
            payment.MoveTo(PaymentStatus.Completed);
            payment.Reason = null;
            return PaymentEvents.Completed(payment, now);
        }

        payment.MoveTo(PaymentStatus.Failed);
        payment.Reason = transaction.Reason ?? "It failed.";
        return PaymentEvents.Failed(payment, now);
    }

    // Asked for again by the poller, should the message be lost.
    private async Task PublishSettledAsync(ISettlementWork work, IReadOnlyList<EndedTransaction> ended, CancellationToken cancellationToken)
    {
        await work.CheckAgainAsync([.. ended.Select(e => e.Transaction.Id)], options.WakeUpLease, cancellationToken);
        foreach (var (transaction, attempt, blockTime) in ended)
        {
            await work.PublishAsync(
                TransactionEvents.Settled(transaction, attempt?.Signature, attempt?.Slot, blockTime),
                cancellationToken
            );
        }
    }
}

/// <param name="Attempt">That ended it on chain; null where none was executed.</param>
/// <param name="BlockTime">Unix seconds, as the validators estimate; null where nobody says.</param>
public sealed record EndedTransaction(ChainTransaction Transaction, TransactionAttempt? Attempt, long? BlockTime = null);
