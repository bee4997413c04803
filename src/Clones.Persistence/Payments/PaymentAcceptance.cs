using Clones.Domain.Payments;
using Clones.Domain.Pools;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Persistence.Wallets;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using Microsoft.EntityFrameworkCore;
using TransactionStatus = Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Persistence.Payments;

/// <summary>
/// Accepts a payment, once, for ever: idempotency, reservation, payment and transaction in the caller's database transaction. The chain is
/// read before (<see cref="TransferOutlook"/>), so that no lock is held while an RPC takes its time.
/// </summary>
public sealed class PaymentAcceptance(ClonesDbContext db, WalletLedger ledger, TimeProvider time)
{
    /// <summary>Ceiling of what one payment may cost in fees, in lamports: the signature (5,000) and the priority fee together.</summary>
    public const ulong FeeLamportsMax = 105_000;

    /// <summary>Looks for the payment that this request already made. Cheap: asks no chain and takes no lock.</summary>
    /// <returns>Replayed, KeyReused or null.</returns>
    public async Task<PaymentAcceptanceResult?> FindAsync(PaymentRequest request, CancellationToken cancellationToken)
    {
        var payment = await db.Payments.FirstOrDefaultAsync(
            p => p.Caller == request.Caller && p.IdempotencyKey == request.IdempotencyKey,
            cancellationToken
        );
        if (payment is null)
        {
            return null;
        }
        return payment.RequestHash.AsSpan().SequenceEqual(request.Hash())
            ? new PaymentAcceptanceResult.Replayed(payment)
            : new PaymentAcceptanceResult.KeyReused(payment.Id);
    }

    /// <summary>Everything in the open database transaction; the caller publishes and commits.</summary>
    /// <exception cref="ArgumentException">The outlook is about another transfer, or the amount is zero.</exception>
    public async Task<PaymentAcceptanceResult> AcceptAsync(
        PaymentRequest request,
        TransferOutlook outlook,
        CancellationToken cancellationToken
    )
    {
        ArgumentOutOfRangeException.ThrowIfZero(request.Amount, nameof(request));
        if (outlook.Recipient != request.Recipient || outlook.Mint != request.Mint)
        {
            throw new ArgumentException("The outlook is about another transfer.", nameof(outlook));
        }

        await LockKeyAsync(request, cancellationToken);
        if (await FindAsync(request, cancellationToken) is { } earlier)
        {
            return earlier;
        }

        var pool = await db.TrainingPools.FirstOrDefaultAsync(p => p.Id == request.TrainingPoolId, cancellationToken);
        var wallet = pool is null ? null : await ledger.LockOfPoolAsync(pool.Id, cancellationToken);
        if (wallet is null)
        {
            return new PaymentAcceptanceResult.PoolHasNoWallet(request.TrainingPoolId);
        }
        if (RecipientRule.Refuse(outlook, request.Amount) is { } refusal)
        {
            return new PaymentAcceptanceResult.RecipientRefused(refusal);
        }

        var payment = NewPayment(request, wallet.Id);
        if (request.Kind == PaymentKind.Reward)
        {
            if (pool!.Status == TrainingPoolStatus.Paused)
            {
                return request.MayWait
                    ? await WaitAsync(payment, "pool_paused: The training pool is paused.", cancellationToken)
                    : new PaymentAcceptanceResult.PoolPaused(pool.Id);
            }
            var queue = await WaitingQueue.OfAsync(db, wallet.Id, payment.Mint, cancellationToken);
            if (queue.Count > 0 && await QueueUpAsync(request, payment, wallet, outlook, queue, cancellationToken) is { } queued)
            {
                return queued;
            }
        }
        return await ReserveAsync(payment, wallet, outlook, request.MayWait, cancellationToken);
    }

    /// <summary>Stores the payment as waiting where the chain could not be asked: nothing is reserved, and it is tried again later.</summary>
    /// <param name="request">That may wait.</param>
    /// <param name="reason">Why it waits, for people, behind a code: <c>chain_unavailable: ..</c>.</param>
    /// <param name="cancellationToken">Stops the queries.</param>
    public async Task<PaymentAcceptanceResult> AcceptWaitingAsync(
        PaymentRequest request,
        string reason,
        CancellationToken cancellationToken
    )
    {
        ArgumentOutOfRangeException.ThrowIfZero(request.Amount, nameof(request));
        await LockKeyAsync(request, cancellationToken);
        if (await FindAsync(request, cancellationToken) is { } earlier)
        {
            return earlier;
        }

        var wallet = await db.DepositWallets.FirstOrDefaultAsync(w => w.TrainingPoolId == request.TrainingPoolId, cancellationToken);
        if (wallet is null)
        {
            return new PaymentAcceptanceResult.PoolHasNoWallet(request.TrainingPoolId);
        }

        // What needs no chain to be refused is not kept waiting for one.
        return RecipientRule.Refuse(request.Recipient, PublicKey.Parse(wallet.Address), request.Mint) is { } refusal
            ? new PaymentAcceptanceResult.RecipientRefused(refusal)
            : await WaitAsync(NewPayment(request, wallet.Id), reason, cancellationToken);
    }

    /// <summary>Tries a waiting payment again. Nothing changes but its reason where funds are still missing.</summary>
    /// <param name="payment">Waiting, its row locked by the caller's database transaction.</param>
    /// <param name="outlook">Of this payment's transfer.</param>
    /// <param name="cancellationToken">Stops the queries.</param>
    public async Task<PaymentAcceptanceResult> ResumeAsync(Payment payment, TransferOutlook outlook, CancellationToken cancellationToken)
    {
        if (payment.Status != PaymentStatus.WaitingForFunds)
        {
            return new PaymentAcceptanceResult.Replayed(payment);
        }

        var wallet = await ledger.LockAsync(payment.WalletId, cancellationToken);
        if (wallet is null)
        {
            return new PaymentAcceptanceResult.PoolHasNoWallet(payment.TrainingPoolId);
        }
        if (RecipientRule.Refuse(outlook, payment.Amount) is { } refusal)
        {
            return new PaymentAcceptanceResult.RecipientRefused(refusal);
        }
        return await ReserveAsync(payment, wallet, outlook, mayWait: true, cancellationToken);
    }

    /// <summary>
    /// For whoever accepts several in one database transaction: every key before the first wallet, as one alone takes them. Else two that name the
    /// same key, such as a batch and a part of it that is sent again, wait for each other, one with the key and one with the wallet.
    /// </summary>
    public async Task LockKeysAsync(IEnumerable<PaymentRequest> requests, CancellationToken cancellationToken)
    {
        foreach (
            var request in requests.OrderBy(r => r.Caller, StringComparer.Ordinal).ThenBy(r => r.IdempotencyKey, StringComparer.Ordinal)
        )
        {
            await LockKeyAsync(request, cancellationToken);
        }
    }

    // Two requests with one key may name two wallets, so the wallet's lock alone does not put them in a row.
    private async Task LockKeyAsync(PaymentRequest request, CancellationToken cancellationToken)
    {
        await db.CommitDurablyAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync(
            $"SELECT pg_advisory_xact_lock(hashtextextended({request.Caller + "\n" + request.IdempotencyKey}, 7411))",
            cancellationToken
        );
    }

    /// <returns>Null where there is enough for all that wait and for the newcomer, who insists on an answer.</returns>
    private async Task<PaymentAcceptanceResult?> QueueUpAsync(
        PaymentRequest request,
        Payment payment,
        DepositWallet wallet,
        TransferOutlook outlook,
        WaitingQueue queue,
        CancellationToken cancellationToken
    )
    {
        if (request.MayWait)
        {
            return await WaitAsync(
                payment,
                $"insufficient_funds: {queue.Count} earlier payments wait for the same funds.",
                cancellationToken
            );
        }
        if (outlook.Wallet.Slot < wallet.SettledSlot)
        {
            return new PaymentAcceptanceResult.BalanceTooOld(wallet.SettledSlot);
        }

        var gas = FeeLamportsMax + outlook.TokenAccountRentLamports;
        var lamports = gas + (outlook.Mint is null ? payment.Amount : UInt128.Zero);
        var lamportsLeft = queue.LeaveOfLamports(await ledger.AvailableAsync(wallet, outlook.Wallet, null, null, cancellationToken), gas);
        PaymentAcceptanceResult? missing = null;
        if (outlook.Mint is { } mint)
        {
            var left = queue.LeaveOfTokens(await ledger.AvailableAsync(wallet, outlook.Wallet, mint, null, cancellationToken));
            missing = left < payment.Amount ? new PaymentAcceptanceResult.MissingTokens(mint, payment.Amount, left) : null;
        }
        missing ??= lamportsLeft < lamports ? new PaymentAcceptanceResult.MissingLamports(lamports, lamportsLeft) : null;
        return missing is not null && await ledger.IsOlderThanLedgerAsync(outlook.Wallet, wallet.Id, cancellationToken) is { } slot
            ? new PaymentAcceptanceResult.BalanceTooOld(slot)
            : missing;
    }

    private async Task<PaymentAcceptanceResult> ReserveAsync(
        Payment payment,
        DepositWallet wallet,
        TransferOutlook outlook,
        bool mayWait,
        CancellationToken cancellationToken
    )
    {
        var transaction = new ChainTransaction
        {
            Id = TransactionIds.OfPayments([(payment.Caller, payment.IdempotencyKey)]),
            Kind = TransactionKind.Payment,
            Status = TransactionStatus.Accepted,
            WalletId = wallet.Id,
            AcceptedSlot = outlook.Wallet.Slot,
            CreatedAt = time.GetUtcNow(),
        };
        if (await db.OnChainTransactions.AnyAsync(l => l.TransactionId == transaction.Id && l.WalletId == wallet.Id, cancellationToken))
        {
            // Paid before the database was restored from a backup: the workers find it, and it takes nothing any more. The open reservation,
            // of nothing, is what they are reminded by to close it, should the message be lost.
            db.Transactions.Add(transaction);
            db.WalletReservations.Add(
                new WalletReservation
                {
                    Id = Guid.CreateVersion7(time.GetUtcNow()),
                    WalletId = wallet.Id,
                    TransactionId = transaction.Id,
                    Amount = 0,
                    CreatedAt = time.GetUtcNow(),
                }
            );
            return await AcceptedAsync(payment, transaction.Id, cancellationToken);
        }

        var lamports = (UInt128)FeeLamportsMax + outlook.TokenAccountRentLamports + (outlook.Mint is null ? payment.Amount : 0);
        var entry = db.Transactions.Add(transaction);
        var result = await ledger.ReserveAsync(
            wallet,
            transaction.Id,
            outlook.Wallet,
            lamports,
            outlook.Mint is { } mint ? (mint, payment.Amount) : null,
            cancellationToken
        );
        if (result is WalletReservationResult.Reserved)
        {
            return await AcceptedAsync(payment, transaction.Id, cancellationToken);
        }

        entry.State = EntityState.Detached;
        return result switch
        {
            WalletReservationResult.BalanceTooOld old => new PaymentAcceptanceResult.BalanceTooOld(old.MinContextSlot),
            WalletReservationResult.MissingTokens t when mayWait => await WaitAsync(
                payment,
                $"insufficient_funds: {t.Needed} base units of {t.Mint} are needed, {t.Available} are available.",
                cancellationToken
            ),
            WalletReservationResult.MissingLamports l when mayWait => await WaitAsync(
                payment,
                $"{(outlook.Mint is null ? "insufficient_funds" : "insufficient_gas")}: {l.Needed} lamports are needed (fee and account rent included), {l.Available} are available.",
                cancellationToken
            ),
            WalletReservationResult.MissingTokens t => new PaymentAcceptanceResult.MissingTokens(t.Mint, t.Needed, t.Available),
            WalletReservationResult.MissingLamports l => new PaymentAcceptanceResult.MissingLamports(l.Needed, l.Available),
            _ => throw new InvalidOperationException($"No answer for {result.GetType().Name}."),
        };
    }

    private async Task<PaymentAcceptanceResult> AcceptedAsync(Payment payment, Guid transactionId, CancellationToken cancellationToken)
    {
        payment.TransactionId = transactionId;
        payment.MoveTo(PaymentStatus.Accepted);
        payment.Reason = null;
        await SaveAsync(payment, cancellationToken);
        return new PaymentAcceptanceResult.Accepted(payment, transactionId);
    }

    private async Task<PaymentAcceptanceResult> WaitAsync(Payment payment, string reason, CancellationToken cancellationToken)
    {
        payment.Reason = reason;
        await SaveAsync(payment, cancellationToken);
        return new PaymentAcceptanceResult.Accepted(payment, null);
    }

    private async Task SaveAsync(Payment payment, CancellationToken cancellationToken)
    {
        if (db.Entry(payment).State == EntityState.Detached)
        {
            db.Payments.Add(payment);
        }
        await db.SaveChangesAsync(cancellationToken);
    }

    private Payment NewPayment(PaymentRequest request, Guid walletId) =>
        new()
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()),
            Kind = request.Kind,
            TrainingPoolId = request.TrainingPoolId,
            WalletId = walletId,
            Recipient = request.Recipient.ToString(),
            Mint = request.Mint?.ToString(),
            Amount = request.Amount,
            Status = PaymentStatus.WaitingForFunds,
            Caller = request.Caller,
            IdempotencyKey = request.IdempotencyKey,
            RequestHash = request.Hash(),
            Reference = request.Reference,
            CreatedAt = time.GetUtcNow(),
        };
}
