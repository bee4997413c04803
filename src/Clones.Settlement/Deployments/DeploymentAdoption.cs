using System.Text.Json;
using Clones.Domain.Agents;
using Clones.Domain.Transactions;
using Clones.Settlement.Chain;
using Clones.Settlement.Store;
using Clones.Solana.Primitives;

namespace Clones.Settlement.Deployments;

/// <summary>
/// Takes over what is on chain already, instead of making it a second time: a transaction that landed late, that its owner has sent around us,
/// or that a restored database has forgotten.
/// </summary>
internal sealed class DeploymentAdoption(
    IDeploymentWork work,
    DeploymentTransactions transactions,
    TransactionFinder finder,
    TimeProvider time
)
{
    /// <summary>Closes the database as executed, by the attempt that it was, and writes down what was made.</summary>
    /// <param name="deployment">Whose.</param>
    /// <param name="kind">Token or pool creation.</param>
    /// <param name="open">The agent's open transaction, locked and without a live attempt; null where the database knows of none.</param>
    /// <param name="address">The mint or the liquidity pool, finalized.</param>
    /// <param name="isAsPromised">Otherwise it landed and did something else: the database is closed, and no success stands in them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ChainNotReadyException">It is there and too few nodes report which transaction made it.</exception>
    public async Task<(Guid TransactionId, DeploymentMade Made)> AdoptAsync(
        Deployment deployment,
        TransactionKind kind,
        ChainTransaction? open,
        PublicKey address,
        bool isAsPromised,
        CancellationToken cancellationToken
    )
    {
        var attempts = await work.AttemptsOfAgentAsync(deployment.Agent.Id, kind, cancellationToken);
        var onChain = await finder.FindMakerAsync(attempts, kind, address, cancellationToken);
        var made = new DeploymentMade(address.ToString(), onChain.Signature.ToString(), onChain.Slot, onChain.BlockTime);
        var transaction = await HomeAsync(deployment, kind, open, onChain, cancellationToken);
        CloseAttempts(transaction, onChain);
        if (transaction.Status != TransactionStatus.Finalized || transaction.SettledAt is null)
        {
            var reason = $"Found on chain: {onChain.Signature} in slot {onChain.Slot}.";
            await work.SaveAsync(cancellationToken);
            await transactions.CloseAsync(transaction, TransactionStatus.Finalized, reason, onChain.Slot, cancellationToken);
        }

        transaction.Made = isAsPromised ? made.ToJson() : null;
        await work.SaveAsync(cancellationToken);
        return (transaction.Id, made);
    }

    /// <summary>The transaction that has landed, as the database names it: the open one, an earlier one that was cancelled, or a new row.</summary>
    private async Task<ChainTransaction> HomeAsync(
        Deployment deployment,
        TransactionKind kind,
        ChainTransaction? open,
        FoundTransaction onChain,
        CancellationToken cancellationToken
    )
    {
        if (onChain.Attempt is not var (earlierId, _) || earlierId == open?.Id || open?.Status == TransactionStatus.Finalized)
        {
            return open ?? await transactions.AddAsync(deployment, kind, TransactionStatus.Finalized, cancellationToken);
        }

        if (open is not null)
        {
            // First, and saved: an agent has one transaction of a kind that is not cancelled (unique index).
            CloseAttempts(open, onChain);
            var reason = $"The transaction {earlierId} before it has landed: {onChain.Signature}.";
            await transactions.CloseAsync(open, TransactionStatus.Cancelled, reason, null, cancellationToken);
            await work.SaveAsync(cancellationToken);
        }

        return await transactions.LockAsync(earlierId, cancellationToken)
            ?? throw new InvalidOperationException($"Transaction {earlierId} is gone.");
    }

    private void CloseAttempts(ChainTransaction transaction, FoundTransaction onChain)
    {
        var now = time.GetUtcNow();
        foreach (var attempt in transaction.Attempts)
        {
            if (onChain.Attempt == (transaction.Id, attempt.Number))
            {
                attempt.MoveTo(AttemptStatus.Finalized);
                attempt.Signature = onChain.Signature.ToString();
                attempt.Slot = onChain.Slot;
                attempt.ClosedAt ??= now;
                if (attempt.WireBytes is null)
                {
                    attempt.WireBytes = onChain.WireBytes;
                    attempt.Evidence = attempt.Payer == DeploymentPayer.DepositWallet ? Recovered(onChain) : attempt.Evidence;
                }
            }
            else if (attempt.Status == AttemptStatus.Prepared)
            {
                // What it would make is there: the chain rejects a second execution, whoever sends it.
                attempt.MoveTo(attempt.MayLand() ? AttemptStatus.Expired : AttemptStatus.Withdrawn);
                attempt.Evidence = JsonSerializer.Serialize(
                    new
                    {
                        decision = "MADE_BY_ANOTHER",
                        signature = onChain.Signature.ToString(),
                        onChain.Slot,
                    },
                    JsonSerializerOptions.Web
                );
                attempt.ClosedAt = now;
            }
        }
    }

    // What the deposit wallet pays lands only with our signature: it was made by a database that is gone (a restore), and the log of the key's
    // opening went with it. "keys audit" counts by this word.
    private static string Recovered(FoundTransaction onChain) =>
        JsonSerializer.Serialize(
            new
            {
                decision = "RECOVERED",
                reason = "Found on chain; the database had forgotten that it was signed.",
                signature = onChain.Signature.ToString(),
                onChain.Slot,
            },
            JsonSerializerOptions.Web
        );
}
