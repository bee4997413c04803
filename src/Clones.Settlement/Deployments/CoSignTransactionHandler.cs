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
using TransactionStatus = Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Settlement.Deployments;

/// <summary>
/// Completes an attempt that its owner has signed, and commits it before anything is sent. Where the deposit wallet pays, nothing complete
/// exists anywhere until this commit, so an attempt that expired before it has expired without an expiry proof.
/// </summary>
internal sealed class CoSignTransactionHandler(
    IDeploymentWork work,
    DeploymentTransactions transactions,
    IDeploymentKeys keys,
    ICrashPoints crashes,
    TimeProvider time,
    ILogger<CoSignTransactionHandler> log
) : IDeploymentHandler<CoSignTransaction>
{
    public async Task HandleAsync(CoSignTransaction message, CancellationToken cancellationToken)
    {
        var transaction = await transactions.LockAsync(message.TransactionId, cancellationToken);
        var attempt = transaction?.Attempts.Find(a => a.Number == message.AttemptNumber);
        if (transaction?.AgentId is not { } agentId || attempt is not { Status: AttemptStatus.Submitted, OwnerSignature: { } signature })
        {
            return;
        }

        var ownerSignature = Signature.Parse(signature);
        if (attempt.Payer == DeploymentPayer.Owner)
        {
            await CompleteAsync(transaction, attempt, ownerSignature, cancellationToken);
            return;
        }

        if (await work.AskFenceAsync(transaction.WalletId, cancellationToken) is { IsOpen: false, Closed: var closed })
        {
            // Asked again by the sweeper; by then the attempt may be over, and the owner is asked anew.
            transaction.Reason = $"Signing is fenced: {closed}";
            await work.SaveAsync(cancellationToken);
            return;
        }

        var agent = await work.FindAgentAsync(agentId, cancellationToken) ?? throw new InvalidOperationException($"No agent {agentId}.");
        var deployment = Deployment.Of(agent);
        var executed = await transactions.FindExecutedAsync(agentId, transaction.Kind, transaction.WalletId, cancellationToken);
        var evidence =
            executed is not null ? Evidence(new { neverComplete = true, reason = $"the chain shows that this was done before: {executed}" })
            : Ed25519.Verify(deployment.Owner, attempt.MessageBytes, ownerSignature) ? await ExpiryAsync(attempt, cancellationToken)
            : Evidence(new { neverComplete = true, reason = "the stored signature is not one of the owner over this message" });
        if (evidence is not null)
        {
            Expire(transaction, attempt, evidence);
            await work.SaveAsync(cancellationToken);
            await work.PublishAsync(transaction.Kind.RequestFor(agentId), cancellationToken);
            return;
        }

        var signed = attempt.ToSign();
        signed.AddSignature(deployment.Owner, ownerSignature);
        try
        {
            await SignAsync(signed, transaction, agentId, cancellationToken);
        }
        catch (KeyUnusableException e)
        {
            log.LogError("Transaction {TransactionId} waits for a key: {Reason}", transaction.Id, e.Message);
            await WaitForKeyAsync(transaction, cancellationToken);
            return;
        }
        await StoreAsync(transaction, attempt, signed, cancellationToken);
    }

    /// <summary>
    /// Of what the owner pays every signature is there. Whether it is too late is for settlement to find out: the owner may have sent it long
    /// before, so only an expiry proof says that it has expired.
    /// </summary>
    private async Task CompleteAsync(
        ChainTransaction transaction,
        TransactionAttempt attempt,
        Signature ownerSignature,
        CancellationToken cancellationToken
    )
    {
        var signed = attempt.ToSign();
        if (!Ed25519.Verify(signed.Message.FeePayer, attempt.MessageBytes, ownerSignature))
        {
            // Nobody can have stored it but by the database. It may land as before, by a good one.
            attempt.MoveTo(AttemptStatus.Prepared);
            attempt.OwnerSignature = null;
            await work.SaveAsync(cancellationToken);
            return;
        }

        signed.AddSignature(signed.Message.FeePayer, ownerSignature);
        await StoreAsync(transaction, attempt, signed, cancellationToken);
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
    private async Task StoreAsync(
        ChainTransaction transaction,
        TransactionAttempt attempt,
        Transaction signed,
        CancellationToken cancellationToken
    )
    {
        if (signed.MissingSigners().Count > 0 || !signed.VerifySignatures())
        {
            throw new InvalidOperationException(
                $"Attempt {attempt.Number} of transaction {transaction.Id} could not be signed completely."
            );
        }

        await crashes.ReachAsync(CrashPoint.Signed, cancellationToken);
        attempt.WireBytes = signed.Serialize();
        attempt.Signature = signed.Id.ToString();
        attempt.MoveTo(AttemptStatus.Signed);
        transaction.MoveTo(TransactionStatus.Signed);
        transaction.WakeUps = 0;
        transaction.Reason = null;
        await work.SaveAsync(cancellationToken);
        await work.CheckAgainAsync(transaction.Id, TimeSpan.Zero, cancellationToken);
        await work.PublishAsync(
            new BroadcastTransaction { TransactionId = transaction.Id, AttemptNumber = attempt.Number },
            cancellationToken
        );
        await crashes.ReachAsync(CrashPoint.AttemptWritten, cancellationToken);
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
