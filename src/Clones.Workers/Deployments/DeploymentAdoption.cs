using Clones.Persistence;
using Clones.Persistence.Settlement;
using Clones.Solana.Primitives;

namespace Clones.Workers.Deployments;

/// <summary>
/// Takes over what is on chain already, instead of making it a second time: a transaction that landed late, or that a restored database
/// has forgotten.
/// </summary>
internal sealed class DeploymentAdoption(
    ClonesDbContext db,
    DeploymentTransactions transactions,
    LandedTransactions landed,
    HeldAttempts held
)
{
    /// <summary>Closes the books as executed.</summary>
    /// <param name="open">The agent's open transaction, locked and without a live attempt; null where the books know of none.</param>
    /// <param name="address">The mint or the liquidity pool.</param>
    /// <exception cref="InvalidOperationException">It is there and no node tells which transaction made it. A later try may.</exception>
    public async Task<(Guid TransactionId, Landing Landing)> AdoptAsync(
        Deployment deployment,
        TransactionKind kind,
        ChainTransaction? open,
        PublicKey address,
        CancellationToken cancellationToken
    )
    {
        var landing =
            await landed.FindAsync(deployment.Agent.Id, kind, address, cancellationToken)
            ?? throw new InvalidOperationException($"{address} is on chain, and no node tells which transaction made it.");
        if (open is not null)
        {
            held.CloseBy(open, landing);
        }

        var transaction = open ?? await transactions.AddAsync(deployment, kind, TransactionStatus.Finalized, cancellationToken);
        if (transaction.Status != TransactionStatus.Finalized || open is null)
        {
            var reason = $"Found on chain: {landing.Signature} in slot {landing.Slot}.";
            await db.SaveChangesAsync(cancellationToken);
            await transactions.CloseAsync(transaction, TransactionStatus.Finalized, reason, landing.Slot, cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
        return (transaction.Id, landing);
    }
}
