using System.Text.Json;
using Clones.Contracts.Settlement;
using Clones.Domain;
using Clones.Domain.Ledger;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Persistence.Transactions;
using Clones.Settlement.Closing;
using Clones.Settlement.Rules;
using Clones.Settlement.Store;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Settlement.Adoption;

/// <summary>
/// Writes an attempt into the database that stands on chain and that they have forgotten, and settles its transaction by it. Nothing is signed.
/// It is closed as what the watcher sees end.
/// </summary>
public sealed class TransactionAdoption(
    SettlementRules rules,
    TransactionCloser closer,
    TransactionRegrouping regrouping,
    TimeProvider time,
    ILogger<TransactionAdoption> log
)
{
    /// <summary>Every open transaction of a wallet that stands on chain, each in a database transaction of its own.</summary>
    /// <param name="walletId">Whose history is in the ledger, all of it: of a part the wrong attempt might be taken over.</param>
    /// <returns>How many were taken over or rejected.</returns>
    public async Task<int> AdoptAllAsync(
        ISettlementStore store,
        Guid walletId,
        ulong finalizedBlockHeight,
        ulong margin,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<Guid> ids;
        await using (var look = await store.BeginAsync(cancellationToken))
        {
            ids = await look.AdoptableAsync(walletId, cancellationToken);
        }

        var closed = 0;
        foreach (var id in ids)
        {
            await using var work = await store.BeginAsync(cancellationToken);
            if (
                await work.LockAsync(id, cancellationToken) is { } transaction
                && await TryAdoptAsync(transaction, work, finalizedBlockHeight, margin, cancellationToken) is { } ended
            )
            {
                await closer.CloseAsync(work, [ended], cancellationToken);
                await work.CommitAsync(cancellationToken);
                closed++;
            }
        }
        return closed;
    }

    /// <summary>Within <paramref name="work"/>, which holds the lock of the transaction's row and which the caller commits.</summary>
    /// <returns>What has come to its end by it, which the caller closes; null where nothing has.</returns>
    public async Task<EndedTransaction?> TryAdoptAsync(
        ChainTransaction transaction,
        ISettlementWork work,
        ulong finalizedBlockHeight,
        ulong margin,
        CancellationToken cancellationToken
    )
    {
        var payments = await work.PaymentsAsync(transaction.Id, cancellationToken);
        var named = await work.OnChainTransactionsAsync(
            transaction.WalletId,
            [transaction.Id, .. payments.Select(p => p.Tag)],
            cancellationToken
        );
        OnChainTransaction[] onChainRecords = [.. named.Where(l => l.TransactionId == transaction.Id)];
        // Rejected under this name and paid under another: there it is complete.
        if (onChainRecords.Length == 0 || (onChainRecords.All(l => l.Error is not null) && named.Any(l => l.Error is null)))
        {
            return null;
        }

        var attempts = await work.AttemptsAsync(transaction.Id, cancellationToken);
        var address = await work.WalletAddressAsync(transaction.WalletId, cancellationToken);
        switch (rules.MayAdopt(transaction, attempts, payments, onChainRecords, address, finalizedBlockHeight, margin))
        {
            case AdoptionDecision.Adopt(var onChain):
                var adopted = Record(transaction, attempts, onChain, work);
                log.LogWarning(
                    "Transaction {TransactionId} was found on chain and is taken over, nothing was signed: {Signature} in slot {Slot}",
                    transaction.Id,
                    onChain.Signature,
                    onChain.Slot
                );
                return new EndedTransaction(transaction, adopted, onChain.BlockTime);
            case AdoptionDecision.AdoptBut(var onChain, var others):
                var open = await work.OpenReservationsAsync(transaction.Id, cancellationToken);
                var part = Record(transaction, attempts, onChain, work);
                await regrouping.RegroupAsync(work, transaction, [.. others.Select(p => new[] { p })], open, cancellationToken);
                await work.SaveAsync(cancellationToken);
                return new EndedTransaction(transaction, part, onChain.BlockTime);
            case AdoptionDecision.Reject reject:
                return Fail(transaction, reject);
            default:
                return null;
        }
    }

    /// <summary>
    /// Payments that the database has in this transaction and the chain in others, by their tags: a database restored from a backup has forgotten
    /// how they were grouped. They move to where the chain has them and are complete by it, and the rest is grouped anew. Within
    /// <paramref name="work"/>, which holds the lock of the transaction's row and which the caller commits.
    /// </summary>
    /// <param name="transaction">Without a live attempt.</param>
    /// <param name="payments">That it carries.</param>
    /// <param name="onChainRecords">What stands on chain of the wallet and names any of them.</param>
    /// <param name="ended">Takes what the caller closes.</param>
    /// <returns>Whether any was found: nothing may be signed for the transaction then.</returns>
    public async Task<bool> TryMoveAsync(
        ChainTransaction transaction,
        IReadOnlyList<Payment> payments,
        IEnumerable<OnChainTransaction> onChainRecords,
        ISettlementWork work,
        List<EndedTransaction> ended,
        CancellationToken cancellationToken
    )
    {
        var elsewhere = onChainRecords.Where(l => l.Error is null && l.TransactionId != transaction.Id).ToList();
        var found = payments
            .Select(p => (Payment: p, OnChain: elsewhere.Find(l => l.TransactionId == p.Tag || l.PaymentTags?.Contains(p.Tag) == true)))
            .Where(f => f.OnChain is not null)
            .ToList();
        // Rejected by the chain alone: together with others it would be tried again, although its client was told that it failed.
        var rejected = payments
            .Where(p => payments.Count > 1 && !found.Exists(f => f.Payment == p) && onChainRecords.Any(l => l.TransactionId == p.Tag))
            .ToList();
        if (found.Count == 0 && rejected.Count == 0)
        {
            return false;
        }

        var address = PublicKey.Parse(await work.WalletAddressAsync(transaction.WalletId, cancellationToken));
        var open = await work.OpenReservationsAsync(transaction.Id, cancellationToken);
        var apart = rejected.ConvertAll<IReadOnlyList<Payment>>(p => [p]);
        foreach (var group in found.GroupBy(f => f.OnChain!, f => f.Payment))
        {
            var message = Transaction.Deserialize(group.Key.WireBytes).Message;
            var same = group.Where(p => MessageTransfers.Deviation(message, address, [p]) is null).ToList();
            if (same.Count < group.Count() && payments.Count == 1)
            {
                var deviation = MessageTransfers.Deviation(message, address, payments)!;
                ended.Add(Fail(transaction, AdoptionDecision.Reject.AnotherPayment(group.Key, deviation)));
                return true;
            }
            // Each alone: what is wrong with it is its own.
            apart.AddRange(group.Except(same).Select(p => new[] { p }));
            if (same.Count > 0)
            {
                ended.Add(await JoinAsync(transaction, group.Key, same, work, cancellationToken));
            }
        }
        Payment[] rest = [.. payments.Except(found.Select(f => f.Payment)).Except(rejected)];
        await regrouping.RegroupAsync(work, transaction, rest.Length > 0 ? [rest, .. apart] : apart, open, cancellationToken);
        await work.SaveAsync(cancellationToken);
        return true;
    }

    private EndedTransaction Fail(ChainTransaction transaction, AdoptionDecision.Reject reject)
    {
        transaction.MoveTo(TransactionStatus.Failed);
        transaction.Reason = reject.Reason;
        log.LogError("Transaction {TransactionId} failed, the chain contradicts the database: {Reason}", transaction.Id, reject.Reason);
        return new EndedTransaction(transaction, null);
    }

    private async Task<EndedTransaction> JoinAsync(
        ChainTransaction from,
        OnChainTransaction onChain,
        IReadOnlyList<Payment> payments,
        ISettlementWork work,
        CancellationToken cancellationToken
    )
    {
        var id = onChain.TransactionId!.Value;
        var transaction = await work.LockAsync(id, cancellationToken);
        if (transaction is null)
        {
            transaction = new ChainTransaction
            {
                Id = id,
                Kind = TransactionKind.Payment,
                Status = TransactionStatus.Accepted,
                WalletId = from.WalletId,
                CreatedAt = time.GetUtcNow(),
            };
            work.Add(transaction);
        }
        var attempts = await work.AttemptsAsync(id, cancellationToken);
        var attempt =
            transaction.Status == TransactionStatus.Finalized
                ? attempts.First(a => a.Status == AttemptStatus.Finalized)
                : Record(transaction, attempts, onChain, work);
        foreach (var payment in payments)
        {
            payment.TransactionId = id;
        }
        log.LogWarning(
            "{Count} payments were found on chain in transaction {TransactionId}, nothing was signed: {Signature} in slot {Slot}",
            payments.Count,
            id,
            onChain.Signature,
            onChain.Slot
        );
        return new EndedTransaction(transaction, attempt, onChain.BlockTime);
    }

    private TransactionAttempt Record(
        ChainTransaction transaction,
        IReadOnlyList<TransactionAttempt> attempts,
        OnChainTransaction onChain,
        ISettlementWork work
    )
    {
        var now = time.GetUtcNow();
        var (status, end) = onChain.Error is null
            ? (AttemptStatus.Finalized, TransactionStatus.Finalized)
            : (AttemptStatus.Failed, TransactionStatus.Failed);
        var message = Transaction.Deserialize(onChain.WireBytes).Message;
        var bytes = message.Serialize();
        var same = attempts.FirstOrDefault(a => a.Signature == onChain.Signature || a.MessageBytes.AsSpan().SequenceEqual(bytes));

        // What was live beside it can no longer land: its blockhash is over, and the chain shows another attempt.
        foreach (var other in attempts.Where(a => a != same && (a.Status.IsLive() || a.Status == AttemptStatus.Prepared)))
        {
            other.Evidence = Evidence("MADE_BY_ANOTHER", "Another attempt was found on chain.", onChain, now);
            other.MoveTo(other.Status == AttemptStatus.Prepared ? AttemptStatus.Withdrawn : AttemptStatus.Expired);
            other.ClosedAt = now;
        }

        // "keys audit" misses no opening of a key where this is said: it must not be said of what this database saw signed.
        var evidence = same?.WireBytes is null
            ? Evidence("RECOVERED", "Found on chain by its memo; the database had forgotten it.", onChain, now)
            : Evidence("FOUND", "Found on chain by its memo.", onChain, now);
        if (same is null)
        {
            var number = onChain.AttemptNumber ?? 1;
            same = new TransactionAttempt
            {
                TransactionId = transaction.Id,
                Number = attempts.Any(a => a.Number == number) ? attempts.Max(a => a.Number) + 1 : number,
                Status = status,
                MessageBytes = bytes,
                Blockhash = message.RecentBlockhash.ToString(),
                // Nobody remembers; it has landed, so nothing depends on it.
                LastValidBlockHeight = 0,
                ContextSlot = onChain.Slot,
                GenesisHash = onChain.GenesisHash,
                FeeLamportsMax = onChain.FeeLamports,
                CreatedAt = now,
            };
            work.Add(same);
        }
        same.MoveTo(status);
        same.WireBytes = onChain.WireBytes;
        same.Signature = onChain.Signature;
        same.Slot = onChain.Slot;
        same.Error = ChainError.ToJson(onChain.Error);
        same.Evidence = evidence;
        same.ClosedAt = now;
        transaction.MoveTo(end);
        transaction.AttemptNumber = Math.Max(transaction.AttemptNumber, same.Number);
        transaction.Reason = ChainError.Describe(onChain.Error, onChain.Slot);
        return same;
    }

    private static string Evidence(string decision, string reason, OnChainTransaction onChain, DateTimeOffset now) =>
        JsonSerializer.Serialize(
            new
            {
                decision,
                reason,
                onChain.Signature,
                onChain.Slot,
                memo = $"{onChain.TransactionId:D}:{onChain.AttemptNumber}",
                onChain.GenesisHash,
                foundAt = onChain.RecordedAt,
                issuedAt = now,
            },
            JsonSerializerOptions.Web
        );
}
