using System.Text.Json;
using Clones.Contracts.Settlement;
using Clones.Domain.Transactions;
using Clones.Settlement.Chain;
using Clones.Settlement.Rules;
using Clones.Settlement.Store;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using TransactionStatus = Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Settlement.Deployments;

/// <summary>What became of an attempt that only its owner could have sent.</summary>
internal enum OwnerHeldAttempt
{
    /// <summary>Neither seen on chain nor proven expired: it stays what it is.</summary>
    MayLand,

    /// <summary>The owner has sent it: it is live now, and settlement sees to it.</summary>
    Sent,

    /// <summary>The chain shows a success of this transaction by another message, as a wallet makes it that adds a fee of its own.</summary>
    LandedAltered,

    /// <summary>An expiry proof says that it can never land: it has expired.</summary>
    Expired,
}

/// <summary>
/// Attempts in the hands of owners who pay (<see cref="LiveAttempts.IsInOwnersHands"/>): complete but for the owner's signature, so that they
/// may be signed and sent without us. Nobody tells us, so the chain is asked, with the same expiry proof that settlement needs.
/// </summary>
internal sealed class OwnerHeldAttempts(
    IDeploymentWork work,
    RpcEndpoints rpc,
    TransactionFinder finder,
    ExpiryProofCollector proofs,
    SettlementRules rules,
    TimeProvider time
)
{
    /// <summary>Looks for every such attempt of the transaction, saves what it finds, and hands over to settlement what was sent.</summary>
    /// <param name="transaction">Locked, with its attempts, in an open database transaction.</param>
    /// <returns>Null where there is none: nothing of it is in the owner's hands.</returns>
    public async Task<OwnerHeldAttempt?> SettleAsync(ChainTransaction transaction, CancellationToken cancellationToken)
    {
        if (transaction.Attempts.Find(a => a.IsInOwnersHands()) is not { } attempt)
        {
            return null;
        }

        var found = await ReadAsync(transaction, attempt, cancellationToken);
        await work.SaveAsync(cancellationToken);
        if (found == OwnerHeldAttempt.Sent)
        {
            await work.CheckAgainAsync(transaction.Id, TimeSpan.Zero, cancellationToken);
            await work.PublishAsync(
                new BroadcastTransaction { TransactionId = transaction.Id, AttemptNumber = attempt.Number },
                cancellationToken
            );
        }
        return found;
    }

    /// <summary>
    /// The chain holds for good what makes another of it fail there, and it is not what was promised: waiting for an expiry proof of what is left
    /// in the owner's hands would help nobody. Saved.
    /// </summary>
    /// <param name="open">The agent's open transaction; null where the database knows of none.</param>
    public async Task GiveUpAsync(ChainTransaction? open, string reason, CancellationToken cancellationToken)
    {
        foreach (var attempt in open?.Attempts.Where(a => a.IsInOwnersHands()) ?? [])
        {
            attempt.MoveTo(AttemptStatus.Withdrawn);
            attempt.Evidence = JsonSerializer.Serialize(new { decision = "MADE_OTHERWISE", reason }, JsonSerializerOptions.Web);
            attempt.ClosedAt = time.GetUtcNow();
        }

        await work.SaveAsync(cancellationToken);
    }

    private async Task<OwnerHeldAttempt> ReadAsync(
        ChainTransaction transaction,
        TransactionAttempt attempt,
        CancellationToken cancellationToken
    )
    {
        var facts = FactsOf(attempt);
        if (await finder.FindSentAsync(facts, cancellationToken) is { } signature)
        {
            TakeUp(transaction, attempt, signature);
            return OwnerHeldAttempt.Sent;
        }

        var evidence = await proofs.InvestigateAsync(facts, cancellationToken);
        switch (rules.MayExpire(facts, evidence))
        {
            case ExpiryDecision.Expired(var margin):
                attempt.MoveTo(AttemptStatus.Expired);
                attempt.Evidence = ExpiryProof.ToJson("EXPIRED", attempt, margin, null, evidence, time.GetUtcNow());
                attempt.ClosedAt = time.GetUtcNow();
                transaction.MoveTo(TransactionStatus.Expired);
                transaction.Reason = null;
                return OwnerHeldAttempt.Expired;
            case ExpiryDecision.Seen:
                return OwnerHeldAttempt.LandedAltered;
            default:
                var height = attempt.LastValidBlockHeight + ExpiryDecision.MarginFor(rpc.All.Count);
                transaction.Reason =
                    $"Attempt {attempt.Number} may have been sent by its owner and may still land; it is replaced when the finalized block height "
                    + $"is {height} and the chain does not show it.";
                return OwnerHeldAttempt.MayLand;
        }
    }

    private static void TakeUp(ChainTransaction transaction, TransactionAttempt attempt, Signature signature)
    {
        var signed = attempt.ToSign();
        signed.AddSignature(signed.Message.FeePayer, signature);
        attempt.OwnerSignature = attempt.Signature = signature.ToString();
        attempt.WireBytes = signed.Serialize();
        attempt.MoveTo(AttemptStatus.Broadcast);
        transaction.MoveTo(TransactionStatus.Broadcast);
        transaction.Reason = null;
    }

    private static AttemptFacts FactsOf(TransactionAttempt attempt) =>
        new(
            attempt.TransactionId,
            attempt.Number,
            Signature: null,
            Message.Deserialize(attempt.MessageBytes).FeePayer,
            attempt.LastValidBlockHeight,
            attempt.ContextSlot,
            attempt.GenesisHash,
            Blockhash.Parse(attempt.Blockhash),
            attempt.MessageBytes
        );
}
