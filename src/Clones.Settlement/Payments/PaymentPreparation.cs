using Clones.Domain;
using Clones.Domain.Faults;
using Clones.Domain.Keys;
using Clones.Domain.Ledger;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Messaging.Bus;
using Clones.Persistence.Transactions;
using Clones.Settlement.Adoption;
using Clones.Settlement.Attempts;
using Clones.Settlement.Chain;
using Clones.Settlement.Closing;
using Clones.Settlement.Rules;
using Clones.Settlement.Store;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using TransactionStatus = Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Settlement.Payments;

/// <summary>
/// Signs the next attempts of payment transactions, a group in one commit, and sends them after it. The chain is asked in between two database
/// transactions, of which the second looks again. Done twice it finds the live attempts, signs nothing and sends their bytes again.
/// </summary>
internal sealed class PaymentPreparation(
    ISettlementStore store,
    PaymentTransactionBuilder messages,
    SettlementRules rules,
    TransactionAdoption adoption,
    TransactionCloser closer,
    TransactionRegrouping regrouping,
    AttemptBroadcast broadcast,
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

    /// <summary>Who is not built by then waits: a blockhash lives about a minute, and who was built first is signed with the last.</summary>
    private static readonly TimeSpan BuildFor = TimeSpan.FromSeconds(10);

    /// <param name="transactionIds">Each once.</param>
    /// <param name="cancellationToken">Ends it between two steps.</param>
    /// <returns>
    /// What went wrong with each that could not be handled: <see cref="UnacceptableMessageException"/> where it does not exist or carries no payment,
    /// <see cref="PreparedAloneException"/> where it is to be prepared in a group of its own.
    /// </returns>
    public async Task<IReadOnlyDictionary<Guid, Exception>> PrepareAsync(
        IReadOnlyCollection<Guid> transactionIds,
        CancellationToken cancellationToken
    )
    {
        var failures = new Dictionary<Guid, Exception>();
        await GroupThenHalves.RunAsync(
            [.. transactionIds],
            group => PrepareAsync(group, failures, cancellationToken),
            (failed, e) => Array.ForEach(failed, id => failures[id] = e),
            log,
            cancellationToken
        );
        return failures;
    }

    private async Task PrepareAsync(Guid[] ids, Dictionary<Guid, Exception> failures, CancellationToken cancellationToken)
    {
        var group = await ReadAsync(ids, failures, cancellationToken);
        var ahead = await messages.ReadAheadAsync(group.ToBuild.Select(c => c.Request), cancellationToken);
        var begun = time.GetTimestamp();
        await Lanes.RunAsync(group.ToBuild, candidate => BuildAsync(candidate, ahead, begun, cancellationToken));
        var signed = await SignAsync(group.ToBuild, cancellationToken);
        await broadcast.SendAsync([.. group.Live, .. signed], cancellationToken);
    }

    /// <summary>What is to be done of each, before the chain is asked. What has to wait is written at once.</summary>
    private async Task<Group> ReadAsync(Guid[] ids, Dictionary<Guid, Exception> failures, CancellationToken cancellationToken)
    {
        // What was wrong when they were tried together may be wrong no more.
        Array.ForEach(ids, id => failures.Remove(id));
        var group = new Group();
        await using var work = await store.BeginAsync(cancellationToken);
        await crashes.ReachAsync(CrashPoint.PreparationBegun, cancellationToken);
        var rows = await LockedRows.ReadAsync(work, ids, cancellationToken);
        foreach (var id in ids.Except(rows.Transactions.Select(t => t.Id)))
        {
            failures[id] = new UnacceptableMessageException($"There is no transaction {id}.");
        }
        var closedKeys = await work.Keys.ToBeLeftAsync([.. rows.Addresses.Keys], cancellationToken);
        var isChanged = false;
        var ended = new List<EndedTransaction>();
        foreach (var transaction in rows.Transactions)
        {
            var attempts = rows.Attempts[transaction.Id];
            switch (rules.MayPrepare(transaction.Kind, transaction.Status, [.. attempts]))
            {
                case PreparationDecision.Sign when await MustWaitAsync(transaction, rows, closedKeys, work, ended, cancellationToken):
                    isChanged = true;
                    break;
                case PreparationDecision.Sign when !rows.Payments[transaction.Id].Any():
                    failures[transaction.Id] = new UnacceptableMessageException($"Transaction {transaction.Id} carries no payment.");
                    break;
                case PreparationDecision.Sign when ids.Length > 1 && IsLastTry(transaction):
                    failures[transaction.Id] = new PreparedAloneException();
                    break;
                case PreparationDecision.Sign(var number):
                    group.ToBuild.Add(
                        new Candidate(
                            transaction.Id,
                            transaction.WalletId,
                            new MessageRequest(
                                rules.Memo(transaction.Id, number, [.. rows.Payments[transaction.Id]]),
                                number,
                                PublicKey.Parse(rows.Addresses[transaction.WalletId]),
                                [.. rows.Payments[transaction.Id]],
                                transaction.AcceptedSlot,
                                IsLastTry(transaction)
                            )
                        )
                    );
                    break;
                case PreparationDecision.Reuse(var number):
                    group.Live.Add(attempts.Single(a => a.Number == number));
                    break;
                case PreparationDecision.Nothing(var reason):
                    log.LogInformation("Nothing to prepare for transaction {TransactionId}: {Reason}", transaction.Id, reason);
                    break;
            }
        }
        if (isChanged)
        {
            await closer.CloseAsync(work, ended, cancellationToken);
            await work.CommitAsync(cancellationToken);
        }
        return group;
    }

    private bool IsLastTry(ChainTransaction transaction) => transaction.PreparationFailures + 1 >= options.PreparationFailuresMax;

    /// <summary>Behind the fence, done already, or without a key: nothing is asked of the chain for it.</summary>
    private async Task<bool> MustWaitAsync(
        ChainTransaction transaction,
        LockedRows rows,
        IReadOnlySet<Guid> closedKeys,
        ISettlementWork work,
        List<EndedTransaction> ended,
        CancellationToken cancellationToken
    )
    {
        if (await IsFencedOrDoneAsync(transaction, rows, work, ended, cancellationToken))
        {
            return true;
        }
        if (closedKeys.Contains(transaction.WalletId))
        {
            // Another payment of the wallet has just found out; the chain is not read for nothing.
            var reason = $"The key of {rows.Addresses[transaction.WalletId]} did not open a moment ago.";
            await WaitForKeyAsync(transaction, rows, reason, work, cancellationToken);
            return true;
        }
        return false;
    }

    private async Task<bool> IsFencedOrDoneAsync(
        ChainTransaction transaction,
        LockedRows rows,
        ISettlementWork work,
        List<EndedTransaction> ended,
        CancellationToken cancellationToken
    )
    {
        if (rows.Permits[transaction.WalletId] is { IsOpen: false, Closed: var reason })
        {
            log.LogWarning("Transaction {TransactionId} waits, signing is fenced: {Reason}", transaction.Id, reason);
            await WaitAsync(
                transaction,
                rows,
                $"Signing is fenced: {reason}",
                FencedReason,
                options.PrepareAgainMax,
                work,
                cancellationToken
            );
            return true;
        }
        if (rows.OnChainRecords.Count == 0)
        {
            return false;
        }
        // No attempt is live, so none needs to be waited for.
        if (await adoption.TryAdoptAsync(transaction, work, finalizedBlockHeight: 0, margin: 0, cancellationToken) is { } adopted)
        {
            ended.Add(adopted);
            return true;
        }
        return await adoption.TryMoveAsync(
            transaction,
            [.. rows.Payments[transaction.Id]],
            rows.OnChainRecords.Where(l => l.WalletId == transaction.WalletId),
            work,
            ended,
            cancellationToken
        );
    }

    private async Task BuildAsync(Candidate candidate, RecipientAccounts ahead, long begun, CancellationToken cancellationToken)
    {
        if (time.GetElapsedTime(begun) > BuildFor)
        {
            candidate.Failure = new ChainNotReadyException("The nodes answer slowly.");
            return;
        }
        try
        {
            candidate.Prepared = await messages.BuildAsync(candidate.Request, ahead, cancellationToken);
        }
        catch (Exception e) when (e is RpcException or ChainNotReadyException or PaymentCannotBeBuiltException)
        {
            candidate.Failure = e;
        }
        catch (TransactionTooLargeException e)
        {
            // Recipients have closed their accounts since it was grouped.
            candidate.Failure = new PaymentCannotBeBuiltException(e.Message);
        }
    }

    /// <returns>The committed attempts.</returns>
    private async Task<IReadOnlyList<TransactionAttempt>> SignAsync(
        IReadOnlyList<Candidate> candidates,
        CancellationToken cancellationToken
    )
    {
        if (candidates.Count == 0)
        {
            return [];
        }

        var signed = new List<TransactionAttempt>();
        await using var work = await store.BeginAsync(cancellationToken);
        var rows = await LockedRows.ReadAsync(work, [.. candidates.Select(c => c.TransactionId)], cancellationToken);
        var transactions = rows.Transactions.ToDictionary(t => t.Id);
        var ended = new List<EndedTransaction>();
        var closedKeys = new ClosedKeys();
        // Opening a key may write rows of the wallet: in this order, groups that share some do not wait for each other in a circle.
        foreach (var candidate in candidates.OrderBy(c => c.WalletId).ThenBy(c => c.TransactionId))
        {
            if (
                !transactions.TryGetValue(candidate.TransactionId, out var transaction)
                || rules.MayPrepare(transaction.Kind, transaction.Status, [.. rows.Attempts[transaction.Id]])
                    is not PreparationDecision.Sign
                    (var number)
                || number != candidate.Request.AttemptNumber
                || await IsFencedOrDoneAsync(transaction, rows, work, ended, cancellationToken)
            )
            {
                // Somebody else was faster, or what was true before the chain was asked is no more.
                continue;
            }

            switch (candidate.Failure)
            {
                case null:
                    if (await TrySignAsync(transaction, candidate, rows, closedKeys, work, cancellationToken) is { } attempt)
                    {
                        signed.Add(attempt);
                    }
                    break;
                case PaymentCannotBeBuiltException e when candidate.Request.Payments.Count > 1:
                    // One of them fails all of them; nothing was signed, so that they may part.
                    log.LogWarning("Transaction {TransactionId} cannot be built as it is: {Reason}", transaction.Id, e.Message);
                    await regrouping.RegroupAsync(
                        work,
                        transaction,
                        rules.Split([.. rows.Payments[transaction.Id]], e.Culprit),
                        await work.OpenReservationsAsync(transaction.Id, cancellationToken),
                        cancellationToken
                    );
                    break;
                case PaymentCannotBeBuiltException e:
                    if (await RejectAsync(transaction, e.Message, work, cancellationToken))
                    {
                        ended.Add(new EndedTransaction(transaction, null));
                    }
                    break;
                case var e:
                    // Nothing is known of the payment and nothing was signed; reconciliation asks again.
                    log.LogWarning("Transaction {TransactionId} waits for the chain: {Reason}", transaction.Id, e.Diagnosis());
                    await WaitAsync(
                        transaction,
                        rows,
                        $"Waiting for the chain: {e.Message}",
                        ChainReason,
                        options.PrepareAgainMax,
                        work,
                        cancellationToken
                    );
                    break;
            }
        }

        await closer.CloseAsync(work, ended, cancellationToken);
        await work.CheckAgainAsync([.. signed.Select(a => a.TransactionId)], options.CheckEvery, cancellationToken);
        await crashes.ReachAsync(CrashPoint.AttemptWritten, cancellationToken);
        await work.CommitAsync(cancellationToken);
        return signed;
    }

    /// <returns>Null where the key does not open.</returns>
    private async Task<TransactionAttempt?> TrySignAsync(
        ChainTransaction transaction,
        Candidate candidate,
        LockedRows rows,
        ClosedKeys closedKeys,
        ISettlementWork work,
        CancellationToken cancellationToken
    )
    {
        var unusable = closedKeys.Of(transaction.WalletId);
        if (unusable is null)
        {
            try
            {
                return await SignAsync(transaction, candidate, rows, work, cancellationToken);
            }
            catch (KeyUnusableException e)
            {
                log.LogError("Transaction {TransactionId} waits for its wallet's key: {Reason}", transaction.Id, e.Message);
                closedKeys.Add(transaction.WalletId, unusable = e);
            }
        }
        if (unusable is MasterKeyAwayException)
        {
            // Nothing is wrong with this key: who keeps the master key is away, for all wallets alike, and mostly soon back.
            await WaitAsync(transaction, rows, unusable.Message, KeysAwayReason, options.PrepareAgainMax, work, cancellationToken);
        }
        else
        {
            await WaitForKeyAsync(transaction, rows, unusable.Message, work, cancellationToken);
        }
        return null;
    }

    private async Task<TransactionAttempt> SignAsync(
        ChainTransaction transaction,
        Candidate candidate,
        LockedRows rows,
        ISettlementWork work,
        CancellationToken cancellationToken
    )
    {
        var (number, prepared) = (candidate.Request.AttemptNumber, candidate.Prepared!);
        var signed = new Transaction(prepared.Message);
        using (var key = await work.Keys.OpenAsync(transaction.WalletId, transaction.Id, cancellationToken))
        {
            signed.Sign(key);
        }
        if (!signed.VerifySignatures())
        {
            throw new InvalidOperationException($"The signature over attempt {number} of transaction {transaction.Id} does not verify.");
        }

        await crashes.ReachAsync(CrashPoint.Signed, cancellationToken);
        var attempt = new TransactionAttempt
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
        };
        work.Add(attempt);
        transaction.MoveTo(TransactionStatus.Signed);
        transaction.AttemptNumber = number;
        transaction.PreparationFailures = transaction.WakeUps = 0;
        transaction.Reason = null;
        foreach (var payment in rows.Payments[transaction.Id])
        {
            payment.MoveTo(PaymentStatus.Submitted);
            payment.Reason = null;
        }
        log.LogInformation(
            "Signed attempt {Attempt} of transaction {TransactionId}: {Signature}",
            number,
            transaction.Id,
            attempt.Signature
        );
        return attempt;
    }

    private Task WaitForKeyAsync(
        ChainTransaction transaction,
        LockedRows rows,
        string reason,
        ISettlementWork work,
        CancellationToken cancellationToken
    ) => WaitAsync(transaction, rows, reason, KeyReason, options.KeyWaitMax, work, cancellationToken);

    /// <summary>Nothing was signed. The message is done with; the next look is later than the last one was.</summary>
    private Task WaitAsync(
        ChainTransaction transaction,
        LockedRows rows,
        string reason,
        string reasonForCaller,
        TimeSpan max,
        ISettlementWork work,
        CancellationToken cancellationToken
    )
    {
        transaction.Reason = reason;
        foreach (var payment in rows.Payments[transaction.Id])
        {
            payment.Reason = reasonForCaller;
        }
        var after = BackOff.After(transaction.WakeUps, options.PrepareAgainAfter, max, jitter());
        return work.CheckAgainAsync(transaction.Id, after, cancellationToken);
    }

    /// <returns>Whether it is rejected.</returns>
    private async Task<bool> RejectAsync(
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
            return false;
        }

        log.LogWarning("Transaction {TransactionId} failed before it was signed: {Reason}", transaction.Id, reason);
        transaction.MoveTo(TransactionStatus.Failed);
        return true;
    }

    /// <summary>One that the chain is asked about, and what it said.</summary>
    private sealed record Candidate(Guid TransactionId, Guid WalletId, MessageRequest Request)
    {
        public PreparedMessage? Prepared { get; set; }

        public Exception? Failure { get; set; }
    }

    /// <summary>What did not open is not tried again in the same commit. Where the master keys are away, nothing is: each try takes seconds.</summary>
    private sealed class ClosedKeys
    {
        private readonly Dictionary<Guid, KeyUnusableException> byWallet = [];
        private MasterKeyAwayException? away;

        public KeyUnusableException? Of(Guid walletId) => byWallet.GetValueOrDefault(walletId) ?? away;

        public void Add(Guid walletId, KeyUnusableException failure)
        {
            byWallet[walletId] = failure;
            away ??= failure as MasterKeyAwayException;
        }
    }

    private sealed class Group
    {
        public List<Candidate> ToBuild { get; } = [];

        /// <summary>Signed and committed before.</summary>
        public List<TransactionAttempt> Live { get; } = [];
    }

    /// <summary>The rows of a group under its locks, and what stands beside them.</summary>
    private sealed record LockedRows(
        IReadOnlyList<ChainTransaction> Transactions,
        ILookup<Guid, TransactionAttempt> Attempts,
        ILookup<Guid, Payment> Payments,
        IReadOnlyDictionary<Guid, string> Addresses,
        IReadOnlyDictionary<Guid, SigningPermit> Permits,
        IReadOnlyList<OnChainTransaction> OnChainRecords
    )
    {
        public static async Task<LockedRows> ReadAsync(
            ISettlementWork work,
            IReadOnlyCollection<Guid> ids,
            CancellationToken cancellationToken
        )
        {
            var transactions = await work.LockAsync(ids, cancellationToken);
            Guid[] wallets = [.. transactions.Select(t => t.WalletId).Distinct()];
            var payments = await work.PaymentsAsync(ids, cancellationToken);
            return new LockedRows(
                transactions,
                (await work.AttemptsAsync(ids, cancellationToken)).ToLookup(a => a.TransactionId),
                payments.ToLookup(p => p.TransactionId!.Value),
                await work.WalletAddressesAsync(wallets, cancellationToken),
                await work.AskFenceAsync(wallets, cancellationToken),
                await work.OnChainTransactionsAsync(wallets, [.. ids.Union(payments.Select(p => p.Tag))], cancellationToken)
            );
        }
    }
}

/// <summary>A last try asks every node, one after the other: whoever shares its group would wait as long.</summary>
internal sealed class PreparedAloneException() : Exception("The last try of a transaction is prepared alone.");
