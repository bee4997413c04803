using Clones.Contracts.Settlement;
using Clones.Domain;
using Clones.Domain.Faults;
using Clones.Domain.Keys;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Messaging.Bus;
using Clones.Persistence.Transactions;
using Clones.Settlement.Adoption;
using Clones.Settlement.Chain;
using Clones.Settlement.Events;
using Clones.Settlement.Rules;
using Clones.Settlement.Store;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using TransactionStatus = Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Settlement.Payments;

/// <summary>
/// Signs attempt n of a payment transaction and stores it. Nothing is sent here: the work may run again, and what it had sent before its
/// commit would be unknown to the next run. Done twice it finds the live attempt and signs nothing.
/// </summary>
internal sealed class PaymentPreparation(
    PaymentTransactionBuilder messages,
    SettlementRules rules,
    TransactionAdoption adoption,
    SettlementOptions options,
    ICrashPoints crashes,
    Jitter jitter,
    TimeProvider time,
    ILogger<PaymentPreparation> log
)
{
    // What whoever asked for a payment is told. What is wrong with a node or a key is for operators.
    private const string FencedReason =
        "signing_fenced: The ledger is being compared with the chain; the payment goes on by itself after that.";
    private const string ChainReason = "chain_unavailable: The chain does not answer; the payment is tried again by itself.";
    private const string KeysAwayReason = "keys_unavailable: The keys cannot be reached now; the payment is tried again by itself.";
    private const string KeyReason =
        "key_unusable: The key of the deposit wallet cannot be opened. Operators are informed; the payment is tried again by itself.";

    /// <summary>All within <paramref name="work"/>, which the caller commits.</summary>
    /// <exception cref="UnacceptableMessageException">There is no such transaction, or it carries no payment.</exception>
    public async Task PrepareAsync(Guid transactionId, ISettlementWork work, IWalletKeys keys, CancellationToken cancellationToken)
    {
        var transaction =
            await work.LockAsync(transactionId, cancellationToken)
            ?? throw new UnacceptableMessageException($"There is no transaction {transactionId}.");
        await crashes.ReachAsync(CrashPoint.PreparationBegun, cancellationToken);
        var attempts = await work.AttemptsAsync(transactionId, cancellationToken);
        switch (rules.MayPrepare(transaction.Kind, transaction.Status, attempts))
        {
            case PreparationDecision.Sign(var number):
                await SignOrAdoptAsync(transaction, number, work, keys, cancellationToken);
                break;
            case PreparationDecision.Reuse(var number):
                await work.PublishAsync(
                    new BroadcastTransaction { TransactionId = transactionId, AttemptNumber = number },
                    cancellationToken
                );
                break;
            case PreparationDecision.Nothing(var reason):
                log.LogInformation("Nothing to prepare for transaction {TransactionId}: {Reason}", transactionId, reason);
                break;
        }
    }

    private async Task SignOrAdoptAsync(
        ChainTransaction transaction,
        int number,
        ISettlementWork work,
        IWalletKeys keys,
        CancellationToken cancellationToken
    )
    {
        if (await work.AskFenceAsync(transaction.WalletId, cancellationToken) is { IsOpen: false, Closed: var reason })
        {
            log.LogWarning("Transaction {TransactionId} waits, signing is fenced: {Reason}", transaction.Id, reason);
            await WaitAsync(
                transaction,
                await work.PaymentsAsync(transaction.Id, cancellationToken),
                $"Signing is fenced: {reason}",
                FencedReason,
                options.PrepareAgainMax,
                work,
                cancellationToken
            );
            return;
        }

        // No attempt is live, so none needs to be waited for.
        if (!await adoption.TryAdoptAsync(transaction, work, finalizedBlockHeight: 0, margin: 0, cancellationToken))
        {
            await BuildAsync(transaction, number, work, keys, cancellationToken);
        }
    }

    private async Task BuildAsync(
        ChainTransaction transaction,
        int number,
        ISettlementWork work,
        IWalletKeys keys,
        CancellationToken cancellationToken
    )
    {
        var payments = await work.PaymentsAsync(transaction.Id, cancellationToken);
        var wallet = PublicKey.Parse(await work.WalletAddressAsync(transaction.WalletId, cancellationToken));
        if (payments.Count == 0)
        {
            throw new UnacceptableMessageException($"Transaction {transaction.Id} carries no payment.");
        }
        if (await keys.IsToBeLeftAsync(transaction.WalletId, cancellationToken))
        {
            // Another payment of the wallet has just found out; the chain is not read for nothing.
            await WaitForKeyAsync(transaction, payments, $"The key of {wallet} did not open a moment ago.", work, cancellationToken);
            return;
        }

        try
        {
            var request = new MessageRequest(
                rules.Memo(transaction.Id, number),
                number,
                wallet,
                payments,
                transaction.AcceptedSlot,
                IsLastTry: transaction.PreparationFailures + 1 >= options.PreparationFailuresMax
            );
            var prepared = await messages.BuildAsync(request, cancellationToken);
            await SignAsync(transaction, number, prepared, payments, work, keys, cancellationToken);
        }
        catch (Exception e) when (e is RpcException or ChainNotReadyException)
        {
            // Nothing is known of the payment and nothing was signed; reconciliation asks again.
            log.LogWarning("Transaction {TransactionId} waits for the chain: {Reason}", transaction.Id, e.Diagnosis());
            await WaitAsync(
                transaction,
                payments,
                $"Waiting for the chain: {e.Message}",
                ChainReason,
                options.PrepareAgainMax,
                work,
                cancellationToken
            );
        }
        catch (KeyUnusableException e)
        {
            log.LogError("Transaction {TransactionId} waits for its wallet's key: {Reason}", transaction.Id, e.Message);
            if (e is MasterKeyAwayException)
            {
                // Nothing is wrong with this key: who keeps the master key is away, for all wallets alike, and mostly soon back.
                await WaitAsync(transaction, payments, e.Message, KeysAwayReason, options.PrepareAgainMax, work, cancellationToken);
                return;
            }
            await WaitForKeyAsync(transaction, payments, e.Message, work, cancellationToken);
        }
        catch (PaymentCannotBeBuiltException e)
        {
            await RefuseOrRetryAsync(transaction, e.Message, work, cancellationToken);
        }
    }

    private async Task SignAsync(
        ChainTransaction transaction,
        int number,
        PreparedMessage prepared,
        IReadOnlyList<Payment> payments,
        ISettlementWork work,
        IWalletKeys keys,
        CancellationToken cancellationToken
    )
    {
        var signed = new Transaction(prepared.Message);
        using (var key = await keys.OpenAsync(transaction.WalletId, transaction.Id, cancellationToken))
        {
            signed.Sign(key);
        }
        if (!signed.VerifySignatures())
        {
            throw new InvalidOperationException($"The signature over attempt {number} of transaction {transaction.Id} does not verify.");
        }

        await crashes.ReachAsync(CrashPoint.Signed, cancellationToken);
        work.Add(
            new TransactionAttempt
            {
                TransactionId = transaction.Id,
                Number = number,
                Status = AttemptStatus.Signed,
                MessageBytes = prepared.Message.Serialize(),
                WireBytes = signed.Serialize(),
                Signature = signed.Id.ToString(),
                Blockhash = prepared.Blockhash.Blockhash.ToString(),
                LastValidBlockHeight = prepared.Blockhash.LastValidBlockHeight,
                ContextSlot = prepared.Blockhash.Slot,
                GenesisHash = prepared.GenesisHash,
                FeeLamportsMax = prepared.FeeLamports,
                CreatedAt = time.GetUtcNow(),
            }
        );
        transaction.MoveTo(TransactionStatus.Signed);
        transaction.AttemptNumber = number;
        transaction.PreparationFailures = transaction.WakeUps = 0;
        transaction.Reason = null;
        foreach (var payment in payments)
        {
            payment.MoveTo(PaymentStatus.Submitted);
            payment.Reason = null;
        }
        await work.CheckAgainAsync(transaction.Id, options.CheckEvery, cancellationToken);
        await work.PublishAsync(new BroadcastTransaction { TransactionId = transaction.Id, AttemptNumber = number }, cancellationToken);
        await crashes.ReachAsync(CrashPoint.AttemptWritten, cancellationToken);
        log.LogInformation(
            "Signed attempt {Attempt} of transaction {TransactionId}: {Signature}",
            number,
            transaction.Id,
            signed.Id.ToString()
        );
    }

    private Task WaitForKeyAsync(
        ChainTransaction transaction,
        IReadOnlyList<Payment> payments,
        string reason,
        ISettlementWork work,
        CancellationToken cancellationToken
    ) => WaitAsync(transaction, payments, reason, KeyReason, options.KeyWaitMax, work, cancellationToken);

    /// <summary>Nothing was signed. The message is done with; the next look is later than the last one was.</summary>
    private Task WaitAsync(
        ChainTransaction transaction,
        IReadOnlyList<Payment> payments,
        string reason,
        string reasonForCaller,
        TimeSpan max,
        ISettlementWork work,
        CancellationToken cancellationToken
    )
    {
        transaction.Reason = reason;
        foreach (var payment in payments)
        {
            payment.Reason = reasonForCaller;
        }
        var after = BackOff.After(transaction.WakeUps, options.PrepareAgainAfter, max, jitter());
        return work.CheckAgainAsync(transaction.Id, after, cancellationToken);
    }

    private async Task RefuseOrRetryAsync(
        ChainTransaction transaction,
        string reason,
        ISettlementWork work,
        CancellationToken cancellationToken
    )
    {
        transaction.PreparationFailures++;
        transaction.Reason = reason;
        if (transaction.PreparationFailures < options.PreparationFailuresMax)
        {
            // One node's view may be behind; the same answer again, later, is worth more.
            log.LogWarning("Transaction {TransactionId} cannot be built yet: {Reason}", transaction.Id, reason);
            await work.CheckAgainAsync(transaction.Id, options.PrepareAgainAfter, cancellationToken);
            return;
        }

        log.LogWarning("Transaction {TransactionId} failed before it was signed: {Reason}", transaction.Id, reason);
        transaction.MoveTo(TransactionStatus.Failed);
        transaction.SettledAt = time.GetUtcNow();
        transaction.WakeUps = 0;
        await work.CheckAgainAsync(transaction.Id, options.WakeUpLease, cancellationToken);
        await work.PublishAsync(TransactionEvents.Settled(transaction), cancellationToken);
    }
}
