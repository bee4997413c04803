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

/// <summary>Checks a batch of live attempts: reads, lets <see cref="SettlementDecision"/> decide, writes what was decided as a group, sends again.</summary>
internal sealed class AttemptCheck(
    ISettlementStore store,
    AttemptStateWriter writer,
    AttemptBroadcast broadcast,
    ExpiryProofCollector proofs,
    SettlementRules rules,
    RpcEndpoints rpc,
    StatusReader statuses,
    SettlementOptions options,
    TimeProvider time,
    ILogger<AttemptCheck> log
)
{
    /// <summary>So many in one commit: rows and wallets are locked for as long as it takes.</summary>
    private const int GroupMax = 64;

    public async Task CheckAsync(IReadOnlyList<LeasedAttempt> leased, CancellationToken cancellationToken)
    {
        var height = await FinalizedHeightAsync(cancellationToken);

        // The recent cache of a node forgets after 150 slots; behind that only a search of its history finds what landed.
        var searchHistory = height is { } h && leased.Any(l => h > l.Attempt.LastValidBlockHeight);
        var signatures = leased.Select(l => Signature.Parse(l.Attempt.Signature!)).ToArray();
        var sightings = await statuses.ReadAsync(signatures, searchHistory, cancellationToken);
        List<(LeasedAttempt Leased, SettlementDecision Decision)> judged =
        [
            .. leased.Select((l, i) => (l, rules.Judge(sightings[i], height, l.Attempt.LastValidBlockHeight))),
        ];
        var findings = new Findings();
        await Lanes.RunAsync(judged, item => ActSafelyAsync(item.Leased, item.Decision, findings, cancellationToken));
        foreach (var group in findings.Changes.Chunk(GroupMax))
        {
            await GroupThenHalves.RunAsync(
                group,
                changes => writer.WriteAsync(changes, cancellationToken),
                (changes, e) => Failed([.. changes.Select(c => c.TransactionId)], e, findings),
                log,
                cancellationToken
            );
        }
        await broadcast.SendAsync(findings.ToSend, cancellationToken);

        var ids = leased.Select(l => l.Attempt.TransactionId).ToArray();
        await store.CheckAgainAsync([.. ids.Where(id => !findings.Slow.Contains(id))], options.CheckEvery * 0.9, cancellationToken);
        await store.CheckAgainAsync(findings.Slow, options.UnresolvedEvery, cancellationToken);
    }

    private void Failed(IReadOnlyList<Guid> transactionIds, Exception e, Findings findings)
    {
        log.LogError(e, "Checking {TransactionIds} failed", transactionIds);
        foreach (var id in transactionIds)
        {
            findings.AddSlow(id);
        }
    }

    private async Task ActSafelyAsync(
        LeasedAttempt leased,
        SettlementDecision decision,
        Findings findings,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await ActAsync(leased, decision, findings, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // One transaction's failure is not the batch's.
            Failed([leased.Attempt.TransactionId], e, findings);
        }
    }

    private async Task ActAsync(LeasedAttempt leased, SettlementDecision decision, Findings findings, CancellationToken cancellationToken)
    {
        var attempt = leased.Attempt;
        var id = attempt.TransactionId;
        if (rpc.All.Count == 1 && !await IsOnRecordAsync(attempt, decision, cancellationToken))
        {
            // Nobody contradicts a single node but itself.
            log.LogWarning("The node reports an end of transaction {TransactionId} that it has no record of", id);
            findings.AddSlow(id);
            return;
        }
        switch (decision)
        {
            case SettlementDecision.Finalized(var slot):
                findings.Add(writer.Settled(attempt, slot, null, await BlockTimeAsync(attempt, slot, cancellationToken)));
                log.LogInformation("Transaction {TransactionId} is finalized in slot {Slot}: {Signature}", id, slot, attempt.Signature);
                break;
            case SettlementDecision.Failed(var slot, var error):
                findings.Add(writer.Settled(attempt, slot, error, await BlockTimeAsync(attempt, slot, cancellationToken)));
                log.LogWarning("The chain rejected transaction {TransactionId} in slot {Slot}: {Error}", id, slot, error);
                break;
            case SettlementDecision.Confirmed(var slot):
                if (attempt.Status != AttemptStatus.Confirmed)
                {
                    findings.Add(writer.Confirmed(attempt, slot));
                }
                break;
            case SettlementDecision.InFlight(var sendAgain):
                InFlight(attempt, sendAgain, findings);
                break;
            case SettlementDecision.SeemsExpired:
                await InquireAsync(leased, findings, cancellationToken);
                break;
            case SettlementDecision.Contradiction(var reason):
                Unresolved(attempt, reason, reason, null, findings);
                break;
            case SettlementDecision.NoAnswer:
                Silence(attempt, findings);
                break;
            default:
                throw new InvalidOperationException($"No action for {decision.GetType().Name}.");
        }
    }

    private void InFlight(TransactionAttempt attempt, bool sendAgain, Findings findings)
    {
        if (attempt.Status is AttemptStatus.Confirmed or AttemptStatus.Unresolved)
        {
            log.LogWarning(
                "Attempt {Attempt} of transaction {TransactionId} was {Status} and is in flight again",
                attempt.Number,
                attempt.TransactionId,
                attempt.Status
            );
            findings.Add(AttemptStateWriter.BackInFlight(attempt));
        }
        if (
            sendAgain
            && (attempt.LastSentAt is not { } sent || time.GetUtcNow() - sent >= options.RebroadcastEvery || sent > time.GetUtcNow())
        )
        {
            findings.AddToSend(attempt);
        }
    }

    private async Task InquireAsync(LeasedAttempt leased, Findings findings, CancellationToken cancellationToken)
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
        var evidence = await proofs.InvestigateAsync(facts, cancellationToken);
        switch (rules.MayExpire(facts, evidence))
        {
            case ExpiryDecision.Expired(var margin):
                findings.Add(writer.Expired(attempt, margin, evidence));
                log.LogWarning(
                    "Attempt {Attempt} of transaction {TransactionId} has an expiry proof",
                    attempt.Number,
                    attempt.TransactionId
                );
                break;
            case ExpiryDecision.NotProven(var reason, var diagnosis):
                Unresolved(attempt, reason, diagnosis, evidence, findings);
                break;
            case ExpiryDecision.Seen(var reason, var diagnosis):
                Unresolved(attempt, reason, diagnosis, evidence, findings);
                break;
            case var other:
                throw new InvalidOperationException($"No action for {other.GetType().Name}.");
        }
    }

    // A moment of silence is nothing; ops are told when it lasts.
    private void Silence(TransactionAttempt attempt, Findings findings)
    {
        if (attempt.Status == AttemptStatus.Unresolved)
        {
            findings.AddSlow(attempt.TransactionId);
        }
        else if (time.GetUtcNow() - (attempt.LastSentAt ?? attempt.CreatedAt) >= 2 * options.UnresolvedEvery)
        {
            Unresolved(attempt, "No RPC node answers.", "No RPC node answers.", null, findings);
        }
    }

    private void Unresolved(
        TransactionAttempt attempt,
        string reason,
        string diagnosis,
        IReadOnlyList<NodeEvidence>? evidence,
        Findings findings
    )
    {
        log.LogError("Transaction {TransactionId} is UNRESOLVED, nothing is signed for it: {Reason}", attempt.TransactionId, diagnosis);
        findings.Add(writer.Unresolved(attempt, reason, evidence));
        findings.AddSlow(attempt.TransactionId);
    }

    /// <summary>Whether the node's ledger, asked at finalized, tells the same end as its list of statuses.</summary>
    private async Task<bool> IsOnRecordAsync(TransactionAttempt attempt, SettlementDecision decision, CancellationToken cancellationToken)
    {
        (ulong Slot, string? Error)? reported = decision switch
        {
            SettlementDecision.Finalized(var slot) => (slot, null),
            SettlementDecision.Failed(var slot, var error) => (slot, error),
            _ => null,
        };
        if (reported is not { } end)
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

    /// <summary>For whoever deploys: of payments nobody asks.</summary>
    private async Task<long?> BlockTimeAsync(TransactionAttempt attempt, ulong slot, CancellationToken cancellationToken)
    {
        if (attempt.OwnerSignature is null)
        {
            return null;
        }
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

    /// <summary>What was found out of one batch, by several lanes at once.</summary>
    private sealed class Findings
    {
        private readonly Lock access = new();

        public List<AttemptChange> Changes { get; } = [];

        public List<TransactionAttempt> ToSend { get; } = [];

        /// <summary>To be looked at more rarely.</summary>
        public HashSet<Guid> Slow { get; } = [];

        public void Add(AttemptChange change)
        {
            lock (access)
            {
                Changes.Add(change);
            }
        }

        public void AddToSend(TransactionAttempt attempt)
        {
            lock (access)
            {
                ToSend.Add(attempt);
            }
        }

        public void AddSlow(Guid transactionId)
        {
            lock (access)
            {
                Slow.Add(transactionId);
            }
        }
    }
}
