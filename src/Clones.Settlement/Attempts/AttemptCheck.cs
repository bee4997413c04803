using Clones.Domain.Agents;
using Clones.Domain.Transactions;
using Clones.Persistence.Transactions;
using Clones.Settlement.Chain;
using Clones.Settlement.Rules;
using Clones.Settlement.Store;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Attempts;

/// <summary>Checks a batch of live attempts: reads, lets <see cref="SettlementDecision"/> decide, acts.</summary>
internal sealed class AttemptCheck(
    ISettlementStore store,
    AttemptStateWriter ledger,
    AttemptBroadcast broadcast,
    ExpiryProofCollector inquest,
    SettlementRules rules,
    RpcEndpoints rpc,
    StatusReader statuses,
    SettlementOptions options,
    TimeProvider time,
    ILogger<AttemptCheck> log
)
{
    private const int Lanes = 4;

    public async Task CheckAsync(IReadOnlyList<LeasedAttempt> leased, CancellationToken cancellationToken)
    {
        var height = await FinalizedHeightAsync(cancellationToken);

        // The recent cache of a node forgets after 150 slots; behind that only a search of its history finds what landed.
        var searchHistory = height is { } h && leased.Any(l => h > l.Attempt.LastValidBlockHeight);
        var signatures = leased.Select(l => Signature.Parse(l.Attempt.Signature!)).ToArray();
        var sightings = await statuses.ReadAsync(signatures, searchHistory, cancellationToken);
        var slow = new HashSet<Guid>();
        await InLanesAsync(
            [.. leased.Select((l, i) => (l, rules.Judge(sightings[i], height, l.Attempt.LastValidBlockHeight)))],
            async item =>
            {
                var (leasedAttempt, verdict) = item;
                if (await ActSafelyAsync(leasedAttempt, verdict, cancellationToken))
                {
                    lock (slow)
                    {
                        slow.Add(leasedAttempt.Attempt.TransactionId);
                    }
                }
            }
        );

        var ids = leased.Select(l => l.Attempt.TransactionId).ToArray();
        await store.CheckAgainAsync([.. ids.Where(id => !slow.Contains(id))], options.CheckEvery * 0.9, cancellationToken);
        await store.CheckAgainAsync(slow, options.UnresolvedEvery, cancellationToken);
    }

    /// <returns>Whether it is to be looked at more rarely.</returns>
    private async Task<bool> ActSafelyAsync(LeasedAttempt leased, SettlementDecision verdict, CancellationToken cancellationToken)
    {
        try
        {
            return await ActAsync(leased, verdict, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // One transaction's trouble is not the batch's.
            log.LogError(e, "Checking transaction {TransactionId} failed", leased.Attempt.TransactionId);
            return true;
        }
    }

    private async Task<bool> ActAsync(LeasedAttempt leased, SettlementDecision verdict, CancellationToken cancellationToken)
    {
        var attempt = leased.Attempt;
        var (id, number) = (attempt.TransactionId, attempt.Number);
        if (rpc.All.Count == 1 && !await IsOnRecordAsync(attempt, verdict, cancellationToken))
        {
            // Nobody contradicts a single node but itself.
            log.LogWarning("The node tells an end of transaction {TransactionId} that it has no record of", id);
            return true;
        }
        switch (verdict)
        {
            case SettlementDecision.Finalized(var slot):
                await ledger.SettledAsync(id, number, slot, null, await BlockTimeAsync(slot, cancellationToken), cancellationToken);
                log.LogInformation("Transaction {TransactionId} is finalized in slot {Slot}: {Signature}", id, slot, attempt.Signature);
                return false;
            case SettlementDecision.Failed(var slot, var error):
                await ledger.SettledAsync(id, number, slot, error, await BlockTimeAsync(slot, cancellationToken), cancellationToken);
                log.LogWarning("The chain rejected transaction {TransactionId} in slot {Slot}: {Error}", id, slot, error);
                return false;
            case SettlementDecision.Confirmed(var slot):
                if (attempt.Status != AttemptStatus.Confirmed)
                {
                    await ledger.ConfirmedAsync(id, number, slot, cancellationToken);
                }
                return false;
            case SettlementDecision.InFlight(var sendAgain):
                await InFlightAsync(attempt, sendAgain, cancellationToken);
                return false;
            case SettlementDecision.SeemsDead:
                return await InquireAsync(leased, cancellationToken);
            case SettlementDecision.Contradiction(var reason):
                await UnresolvedAsync(attempt, reason, reason, null, cancellationToken);
                return true;
            case SettlementDecision.NoAnswer:
                await SilenceAsync(attempt, cancellationToken);
                return attempt.Status == AttemptStatus.Unresolved;
            default:
                throw new InvalidOperationException($"No action for {verdict.GetType().Name}.");
        }
    }

    private async Task InFlightAsync(TransactionAttempt attempt, bool sendAgain, CancellationToken cancellationToken)
    {
        if (attempt.Status is AttemptStatus.Confirmed or AttemptStatus.Unresolved)
        {
            log.LogWarning(
                "Attempt {Attempt} of transaction {TransactionId} was {Status} and is in flight again",
                attempt.Number,
                attempt.TransactionId,
                attempt.Status
            );
            await ledger.BackInFlightAsync(attempt.TransactionId, attempt.Number, cancellationToken);
        }
        if (
            sendAgain
            && (attempt.LastSentAt is not { } sent || time.GetUtcNow() - sent >= options.RebroadcastEvery || sent > time.GetUtcNow())
        )
        {
            await broadcast.SendAsync(attempt, cancellationToken);
        }
    }

    private async Task<bool> InquireAsync(LeasedAttempt leased, CancellationToken cancellationToken)
    {
        var attempt = leased.Attempt;
        var facts = new AttemptFacts(
            attempt.TransactionId,
            attempt.Number,
            Signature.Parse(attempt.Signature!),
            attempt.Payer == DeploymentPayer.Owner
                ? Message.Deserialize(attempt.MessageBytes).FeePayer
                : PublicKey.Parse(leased.WalletAddress),
            attempt.LastValidBlockHeight,
            attempt.ContextSlot,
            attempt.GenesisHash,
            Blockhash.Parse(attempt.Blockhash)
        );
        var evidence = await inquest.InvestigateAsync(facts, cancellationToken);
        switch (rules.Certify(facts, evidence))
        {
            case ExpiryDecision.Dead(var margin):
                await ledger.ExpiredAsync(attempt.TransactionId, attempt.Number, margin, evidence, cancellationToken);
                log.LogWarning(
                    "Attempt {Attempt} of transaction {TransactionId} has an expiry proof",
                    attempt.Number,
                    attempt.TransactionId
                );
                return false;
            case ExpiryDecision.Refused(var reason, var diagnosis):
                await UnresolvedAsync(attempt, reason, diagnosis, evidence, cancellationToken);
                return true;
            case ExpiryDecision.Seen(var reason, var diagnosis):
                await UnresolvedAsync(attempt, reason, diagnosis, evidence, cancellationToken);
                return true;
            case var other:
                throw new InvalidOperationException($"No action for {other.GetType().Name}.");
        }
    }

    // A moment of silence is nothing; ops are told when it lasts.
    private async Task SilenceAsync(TransactionAttempt attempt, CancellationToken cancellationToken)
    {
        if (
            attempt.Status != AttemptStatus.Unresolved
            && time.GetUtcNow() - (attempt.LastSentAt ?? attempt.CreatedAt) >= 2 * options.UnresolvedEvery
        )
        {
            await UnresolvedAsync(attempt, "No RPC node answers.", "No RPC node answers.", null, cancellationToken);
        }
    }

    private async Task UnresolvedAsync(
        TransactionAttempt attempt,
        string reason,
        string diagnosis,
        IReadOnlyList<NodeEvidence>? evidence,
        CancellationToken cancellationToken
    )
    {
        log.LogError("Transaction {TransactionId} is UNRESOLVED, nothing is signed for it: {Reason}", attempt.TransactionId, diagnosis);
        await ledger.UnresolvedAsync(attempt.TransactionId, attempt.Number, reason, evidence, cancellationToken);
    }

    /// <summary>Whether the node's ledger, asked at finalized, tells the same end as its list of statuses.</summary>
    private async Task<bool> IsOnRecordAsync(TransactionAttempt attempt, SettlementDecision verdict, CancellationToken cancellationToken)
    {
        (ulong Slot, string? Error)? told = verdict switch
        {
            SettlementDecision.Finalized(var slot) => (slot, null),
            SettlementDecision.Failed(var slot, var error) => (slot, error),
            _ => null,
        };
        if (told is not { } end)
        {
            return true;
        }
        try
        {
            var record = await rpc.ReadAsync(
                (node, ct) => node.GetTransactionAsync(Signature.Parse(attempt.Signature!), Commitment.Finalized, ct),
                cancellationToken
            );
            return record is not null && record.Slot == end.Slot && record.Err == end.Error;
        }
        catch (RpcException)
        {
            return false;
        }
    }

    /// <summary>A few at a time: each may take several requests.</summary>
    private static async Task InLanesAsync<T>(IReadOnlyList<T> items, Func<T, Task> act)
    {
        var taken = -1;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(Lanes, items.Count)).Select(_ => LaneAsync()));

        async Task LaneAsync()
        {
            for (var i = Interlocked.Increment(ref taken); i < items.Count; i = Interlocked.Increment(ref taken))
            {
                await act(items[i]);
            }
        }
    }

    private async Task<ulong?> FinalizedHeightAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await rpc.ReadAsync((node, ct) => node.GetBlockHeightAsync(Commitment.Finalized, null, ct), cancellationToken);
        }
        catch (RpcException)
        {
            return null;
        }
    }

    private async Task<long?> BlockTimeAsync(ulong slot, CancellationToken cancellationToken)
    {
        try
        {
            return await rpc.ReadAsync((node, ct) => node.GetBlockTimeAsync(slot, ct), cancellationToken);
        }
        catch (RpcException)
        {
            // For people only; not worth holding a payment back.
            return null;
        }
    }
}
