using System.Text.Json;
using Clones.Contracts.Deployments;
using Clones.Contracts.Settlement;
using Clones.Domain.Agents;
using Clones.Domain.Faults;
using Clones.Domain.Keys;
using Clones.Domain.Transactions;
using Clones.Settlement.Store;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using MassTransit;
using TransactionStatus = Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Settlement.Deployments;

/// <summary>
/// Completes an attempt that its owner has signed, and commits it before anything is sent. Where the deposit wallet pays, nothing complete
/// exists anywhere until this commit, so an attempt that expired before it has expired without an expiry proof.
/// </summary>
internal sealed class CoSignTransactionConsumer(
    IDeploymentWork work,
    DeploymentTransactions transactions,
    IDeploymentKeys keys,
    ICrashPoints crashes,
    TimeProvider time,
    ILogger<CoSignTransactionConsumer> log
) : IConsumer<CoSignTransaction>
{
    public async Task Consume(ConsumeContext<CoSignTransaction> context)
    {
        var cancellation = context.CancellationToken;
        var transaction = await transactions.LockAsync(context.Message.TransactionId, cancellation);
        var attempt = transaction?.Attempts.Find(a => a.Number == context.Message.AttemptNumber);
        if (transaction?.AgentId is not { } agentId || attempt is not { Status: AttemptStatus.Submitted, OwnerSignature: { } signature })
        {
            return;
        }

        var ownerSignature = Signature.Parse(signature);
        if (attempt.Payer == DeploymentPayer.Owner)
        {
            await CompleteAsync(context, transaction, attempt, ownerSignature);
            return;
        }

        if (await work.AskFenceAsync(transaction.WalletId, cancellation) is { IsOpen: false, Closed: var closed })
        {
            // Asked again by the sweeper; by then the attempt may be over, and the owner is asked anew.
            transaction.Reason = $"Signing is fenced: {closed}";
            await work.SaveAsync(cancellation);
            return;
        }

        var agent = await work.FindAgentAsync(agentId, cancellation) ?? throw new InvalidOperationException($"No agent {agentId}.");
        var deployment = Deployment.Of(agent);
        var executed = await transactions.FindExecutedAsync(agentId, transaction.Kind, transaction.WalletId, cancellation);
        var evidence =
            executed is not null ? Evidence(new { neverComplete = true, reason = $"the chain shows that this was done before: {executed}" })
            : Ed25519.Verify(deployment.Owner, attempt.MessageBytes, ownerSignature) ? await ExpiryAsync(attempt, cancellation)
            : Evidence(new { neverComplete = true, reason = "the stored signature is not one of the owner over this message" });
        if (evidence is not null)
        {
            Expire(transaction, attempt, evidence);
            await work.SaveAsync(cancellation);
            await context.Publish(transaction.Kind.RequestFor(agentId));
            return;
        }

        var signed = attempt.ToSign();
        signed.AddSignature(deployment.Owner, ownerSignature);
        try
        {
            await SignAsync(signed, transaction, agentId, cancellation);
        }
        catch (KeyUnusableException e)
        {
            log.LogError("Transaction {TransactionId} waits for a key: {Reason}", transaction.Id, e.Message);
            await WaitForKeyAsync(transaction, cancellation);
            return;
        }
        await StoreAsync(context, transaction, attempt, signed);
    }

    /// <summary>
    /// Of what the owner pays every signature is there. Whether it is too late is for settlement to find out: the owner may have sent it long
    /// before, so only an expiry proof says that it has expired.
    /// </summary>
    private async Task CompleteAsync(
        ConsumeContext context,
        ChainTransaction transaction,
        TransactionAttempt attempt,
        Signature ownerSignature
    )
    {
        var signed = attempt.ToSign();
        if (!Ed25519.Verify(signed.Message.FeePayer, attempt.MessageBytes, ownerSignature))
        {
            // Nobody can have stored it but by the database. It may land as before, by a good one.
            attempt.MoveTo(AttemptStatus.Prepared);
            attempt.OwnerSignature = null;
            await work.SaveAsync(context.CancellationToken);
            return;
        }

        signed.AddSignature(signed.Message.FeePayer, ownerSignature);
        await StoreAsync(context, transaction, attempt, signed);
    }

    /// <summary>
    /// Asked again by the sweeper, later each time; what its owner has signed may be over by then, and the owner is asked anew. Where one of two keys
    /// has opened, no signature of it is stored, so no opening either.
    /// </summary>
    private async Task WaitForKeyAsync(ChainTransaction transaction, CancellationToken cancellationToken)
    {
        work.ForgetOpenings();
        transaction.Reason = UnusableKeyText.ForOwners;
        await work.SaveAsync(cancellationToken);
    }

    /// <summary>Commits what is complete before anything is sent.</summary>
    private async Task StoreAsync(ConsumeContext context, ChainTransaction transaction, TransactionAttempt attempt, Transaction signed)
    {
        var cancellation = context.CancellationToken;
        if (signed.MissingSigners().Count > 0 || !signed.VerifySignatures())
        {
            throw new InvalidOperationException(
                $"Attempt {attempt.Number} of transaction {transaction.Id} could not be signed completely."
            );
        }

        await crashes.ReachAsync(CrashPoint.Signed, cancellation);
        attempt.WireBytes = signed.Serialize();
        attempt.Signature = signed.Id.ToString();
        attempt.MoveTo(AttemptStatus.Signed);
        transaction.MoveTo(TransactionStatus.Signed);
        transaction.WakeUps = 0;
        transaction.Reason = null;
        await work.SaveAsync(cancellation);
        await work.CheckAgainAsync(transaction.Id, TimeSpan.Zero, cancellation);
        await context.Publish(new BroadcastTransaction { TransactionId = transaction.Id, AttemptNumber = attempt.Number });
        await crashes.ReachAsync(CrashPoint.AttemptWritten, cancellation);
    }

    private async Task SignAsync(Transaction signed, ChainTransaction transaction, Guid agentId, CancellationToken cancellationToken)
    {
        using (var wallet = await keys.OpenAsync(transaction.WalletId, transaction.Id, cancellationToken))
        {
            signed.Sign(wallet);
        }

        if (transaction.Kind == TransactionKind.TokenCreation)
        {
            using var mint = await keys.OpenMintKeyAsync(agentId, transaction.Id, cancellationToken);
            signed.Sign(mint);
        }
    }

    /// <summary>Why the attempt can no longer land, as JSON; null while it can.</summary>
    private async Task<string?> ExpiryAsync(TransactionAttempt attempt, CancellationToken cancellationToken)
    {
        var (genesis, height) = await transactions.TipAsync(cancellationToken);
        var expired = height > attempt.LastValidBlockHeight || genesis != attempt.GenesisHash;
        return expired
            ? Evidence(
                new
                {
                    neverComplete = true,
                    blockHeight = height,
                    genesisHash = genesis,
                }
            )
            : null;
    }

    private static string Evidence(object facts) => JsonSerializer.Serialize(facts, JsonSerializerOptions.Web);

    private void Expire(ChainTransaction transaction, TransactionAttempt attempt, string evidence)
    {
        attempt.MoveTo(AttemptStatus.Expired);
        attempt.Evidence = evidence;
        attempt.ClosedAt = time.GetUtcNow();
        transaction.MoveTo(TransactionStatus.Expired);
        transaction.WakeUps = 0;
        transaction.Reason = null;
    }
}
