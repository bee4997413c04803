using Clones.Contracts.Settlement;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Settlement.Store;

namespace Clones.Settlement.Closing;

/// <summary>
/// Moves the payments of a transaction that can no longer land into new ones, in one commit: a payment is in one transaction at any time, so no
/// two attempts that pay it may land.
/// </summary>
public sealed class TransactionRegrouping(TimeProvider time, ILogger<TransactionRegrouping> log)
{
    /// <summary>Within <paramref name="work"/>, which holds the lock of the transaction's row and which the caller commits.</summary>
    /// <param name="work">Where it is done.</param>
    /// <param name="transaction">Without a live attempt. Unless the chain has executed or rejected it, it is CANCELLED by this.</param>
    /// <param name="groups">The payments that leave it, each once; those of one transaction together.</param>
    /// <param name="open">What it has reserved and not given back: the same is reserved for the new ones.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RegroupAsync(
        ISettlementWork work,
        ChainTransaction transaction,
        IReadOnlyList<IReadOnlyList<Payment>> groups,
        IEnumerable<WalletReservation> open,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        foreach (var reservation in open)
        {
            reservation.ReleasedAt = now;
        }
        if (transaction.Status is not (TransactionStatus.Failed or TransactionStatus.Finalized))
        {
            transaction.MoveTo(TransactionStatus.Cancelled);
            transaction.Reason = "Its payments are in other transactions now.";
            transaction.SettledAt = now;
            (transaction.LeaseOwner, transaction.LeaseUntil) = (null, null);
        }
        if (groups.Count == 0)
        {
            return;
        }

        Guid[] ids = [.. groups.Select(group => Begin(work, transaction, group, now))];
        log.LogWarning("The payments of transaction {TransactionId} are regrouped: {TransactionIds}", transaction.Id, ids);
        await work.PublishAsync(new PrepareTransactions { TransactionIds = ids }, cancellationToken);
    }

    private static Guid Begin(ISettlementWork work, ChainTransaction from, IReadOnlyList<Payment> payments, DateTimeOffset now)
    {
        var id = TransactionIds.OfPayments([.. payments.Select(p => (p.Caller, p.IdempotencyKey))]);
        work.Add(
            new ChainTransaction
            {
                Id = id,
                Kind = TransactionKind.Payment,
                Status = TransactionStatus.Accepted,
                WalletId = from.WalletId,
                AcceptedSlot = from.AcceptedSlot,
                CreatedAt = now,
            }
        );
        Reserve(null, payments.Select(p => p.ReservedLamports));
        if (payments[0].Mint is { } mint)
        {
            Reserve(mint, payments.Where(p => p.ReservedLamports > 0).Select(p => p.Amount));
        }
        foreach (var payment in payments)
        {
            payment.TransactionId = id;
            payment.Reason = null;
            if (payment.Status != PaymentStatus.Accepted)
            {
                payment.MoveTo(PaymentStatus.Accepted);
            }
        }
        return id;

        void Reserve(string? mint, IEnumerable<ulong> amounts)
        {
            var sum = amounts.Aggregate(0UL, (total, amount) => checked(total + amount));
            if (sum > 0)
            {
                work.Add(
                    new WalletReservation
                    {
                        Id = Guid.CreateVersion7(now),
                        WalletId = from.WalletId,
                        TransactionId = id,
                        Mint = mint,
                        Amount = sum,
                        CreatedAt = now,
                    }
                );
            }
        }
    }
}
