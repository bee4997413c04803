using Clones.Persistence;
using Clones.Persistence.Settlement;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;

namespace Clones.Workers.Settlement;

/// <summary>Checks a batch of live attempts: reads, lets <see cref="SettlementVerdict"/> decide, acts.</summary>
internal sealed class AttemptCheck(
    ClonesDbContext db,
    IServiceScopeFactory scopes,
    RpcEndpoints rpc,
    StatusReader statuses,
    SettlementOptions options,
    TimeProvider time,
    ILogger<AttemptCheck> log
)
{
    private const int Parallel = 4;

    public async Task CheckAsync(IReadOnlyList<LeasedAttempt> leased, CancellationToken cancellationToken)
    {
        var height = await FinalizedHeightAsync(cancellationToken);

        // The recent cache of a node forgets after 150 slots; behind that only a search of its history finds what landed.
        var searchHistory = height is { } h && leased.Any(l => h > l.Attempt.LastValidBlockHeight);
        var signatures = leased.Select(l => Signature.Parse(l.Attempt.Signature!)).ToArray();
        var sightings = await statuses.ReadAsync(signatures, searchHistory, cancellationToken);
        var slow = new HashSet<Guid>();
        await System.Threading.Tasks.Parallel.ForEachAsync(
            leased.Select((l, i) => (l, SettlementVerdict.Decide(sightings[i], height, l.Attempt.LastValidBlockHeight))),
            new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken },
            async (item, ct) =>
            {
                var (leasedAttempt, verdict) = item;
                if (await ActSafelyAsync(leasedAttempt, verdict, ct))
                {
                    lock (slow)
                    {
                        slow.Add(leasedAttempt.Attempt.TransactionId);
                    }
                }
            }
        );

        var ids = leased.Select(l => l.Attempt.TransactionId).ToArray();
        await db.CheckAgainAsync([.. ids.Where(id => !slow.Contains(id))], options.CheckEvery * 0.9, cancellationToken);
        await db.CheckAgainAsync(slow, options.UnresolvedEvery, cancellationToken);
    }

    /// <returns>Whether it is to be looked at more rarely.</returns>
    private async Task<bool> ActSafelyAsync(LeasedAttempt leased, SettlementVerdict verdict, CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            return await ActAsync(scope.ServiceProvider, leased, verdict, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // One transaction's trouble is not the batch's.
            log.LogError(e, "Checking transaction {TransactionId} failed", leased.Attempt.TransactionId);
            return true;
        }
    }

    private async Task<bool> ActAsync(
        IServiceProvider services,
        LeasedAttempt leased,
        SettlementVerdict verdict,
        CancellationToken cancellationToken
    )
    {
        var ledger = services.GetRequiredService<AttemptLedger>();
        var attempt = leased.Attempt;
        var (id, number) = (attempt.TransactionId, attempt.Number);
        switch (verdict)
        {
            case SettlementVerdict.Finalized(var slot):
                await ledger.SettledAsync(id, number, slot, null, await BlockTimeAsync(slot, cancellationToken), cancellationToken);
                log.LogInformation("Transaction {TransactionId} is finalized in slot {Slot}: {Signature}", id, slot, attempt.Signature);
                return false;
            case SettlementVerdict.Failed(var slot, var error):
                await ledger.SettledAsync(id, number, slot, error, await BlockTimeAsync(slot, cancellationToken), cancellationToken);
                log.LogWarning("The chain rejected transaction {TransactionId} in slot {Slot}: {Error}", id, slot, error);
                return false;
            case SettlementVerdict.Confirmed(var slot):
                if (attempt.Status != AttemptStatus.Confirmed)
                {
                    await ledger.ConfirmedAsync(id, number, slot, cancellationToken);
                }
                return false;
            case SettlementVerdict.InFlight(var sendAgain):
                await InFlightAsync(services, ledger, attempt, sendAgain, cancellationToken);
                return false;
            case SettlementVerdict.SeemsDead:
                return await InquireAsync(services, ledger, leased, cancellationToken);
            case SettlementVerdict.Contradiction(var reason):
                await UnresolvedAsync(ledger, attempt, reason, null, cancellationToken);
                return true;
            case SettlementVerdict.NoAnswer:
                await SilenceAsync(ledger, attempt, cancellationToken);
                return attempt.Status == AttemptStatus.Unresolved;
            default:
                throw new InvalidOperationException($"No action for {verdict.GetType().Name}.");
        }
    }

    private async Task InFlightAsync(
        IServiceProvider services,
        AttemptLedger ledger,
        TransactionAttempt attempt,
        bool sendAgain,
        CancellationToken cancellationToken
    )
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
            await services.GetRequiredService<AttemptBroadcast>().SendAsync(attempt, cancellationToken);
        }
    }

    private async Task<bool> InquireAsync(
        IServiceProvider services,
        AttemptLedger ledger,
        LeasedAttempt leased,
        CancellationToken cancellationToken
    )
    {
        var attempt = leased.Attempt;
        var facts = new AttemptFacts(
            attempt.TransactionId,
            attempt.Number,
            Signature.Parse(attempt.Signature!),
            PublicKey.Parse(leased.WalletAddress),
            attempt.LastValidBlockHeight,
            attempt.ContextSlot,
            attempt.GenesisHash,
            Blockhash.Parse(attempt.Blockhash)
        );
        var evidence = await services.GetRequiredService<DeathInquest>().InvestigateAsync(facts, cancellationToken);
        switch (DeathVerdict.Decide(facts, evidence))
        {
            case DeathVerdict.Dead(var margin):
                await ledger.ExpiredAsync(attempt.TransactionId, attempt.Number, margin, evidence, cancellationToken);
                log.LogWarning("Attempt {Attempt} of transaction {TransactionId} is certified dead", attempt.Number, attempt.TransactionId);
                return false;
            case DeathVerdict.Refused(var reason):
                await UnresolvedAsync(ledger, attempt, reason, evidence, cancellationToken);
                return true;
            case DeathVerdict.Seen(var reason):
                await UnresolvedAsync(ledger, attempt, $"It was seen after all. {reason}", evidence, cancellationToken);
                return true;
            case var other:
                throw new InvalidOperationException($"No action for {other.GetType().Name}.");
        }
    }

    // A moment of silence is nothing; ops are told when it lasts.
    private async Task SilenceAsync(AttemptLedger ledger, TransactionAttempt attempt, CancellationToken cancellationToken)
    {
        if (
            attempt.Status != AttemptStatus.Unresolved
            && time.GetUtcNow() - (attempt.LastSentAt ?? attempt.CreatedAt) >= 2 * options.UnresolvedEvery
        )
        {
            await UnresolvedAsync(ledger, attempt, "No RPC node answers.", null, cancellationToken);
        }
    }

    private async Task UnresolvedAsync(
        AttemptLedger ledger,
        TransactionAttempt attempt,
        string reason,
        IReadOnlyList<NodeEvidence>? evidence,
        CancellationToken cancellationToken
    )
    {
        log.LogError("Transaction {TransactionId} is UNRESOLVED, nothing is signed for it: {Reason}", attempt.TransactionId, reason);
        await ledger.UnresolvedAsync(attempt.TransactionId, attempt.Number, reason, evidence, cancellationToken);
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
