using Clones.Domain.Transactions;
using Clones.Persistence;
using Clones.Solana.Rpc;
using Microsoft.EntityFrameworkCore;
using TransactionStatus = Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Api.Agents;

/// <param name="Transaction">Null where none was ever prepared.</param>
/// <param name="Attempt">Its latest attempt.</param>
internal sealed record OwnerTransaction(ChainTransaction? Transaction, TransactionAttempt? Attempt)
{
    /// <summary>Nothing of it can be signed any more, and it has not come to its end: the workers are to prepare a fresh attempt.</summary>
    public bool NeedsAttempt =>
        Transaction?.Status
            is null
                or TransactionStatus.Accepted
                or TransactionStatus.Expired
                or TransactionStatus.Failed
                or TransactionStatus.Cancelled
        && Attempt?.Status is null or AttemptStatus.Expired or AttemptStatus.Withdrawn or AttemptStatus.Failed;
}

/// <summary>Reads the transactions that owners sign.</summary>
internal sealed class OwnerTransactions(ClonesDbContext db, RpcEndpoints rpc)
{
    public static TransactionKind? KindOf(string route) =>
        route switch
        {
            "token-creation" => TransactionKind.TokenCreation,
            "pool-creation" => TransactionKind.PoolCreation,
            _ => null,
        };

    public async Task<OwnerTransaction> FindAsync(Guid agentId, TransactionKind kind, CancellationToken cancellationToken)
    {
        var transaction = await db
            .Transactions.AsNoTracking()
            .Where(t => t.AgentId == agentId && t.Kind == kind)
            // The one that is not over comes first: the clock of the worker that made it may be behind that of another.
            .OrderBy(t => t.Status == TransactionStatus.Failed || t.Status == TransactionStatus.Cancelled)
            .ThenByDescending(t => t.CreatedAt)
            .ThenByDescending(t => t.Id)
            .FirstOrDefaultAsync(cancellationToken);
        var attempt = transaction is null
            ? null
            : await db
                .TransactionAttempts.AsNoTracking()
                .Where(a => a.TransactionId == transaction.Id)
                .OrderByDescending(a => a.Number)
                .FirstOrDefaultAsync(cancellationToken);
        return new OwnerTransaction(transaction, attempt);
    }

    /// <summary>Whether the chain has passed the last height at which a prepared attempt could land. An RPC that does not answer says nothing: false.</summary>
    public async Task<bool> HasExpiredAsync(TransactionAttempt attempt, CancellationToken cancellationToken)
    {
        try
        {
            var height = await rpc.ReadAsync((node, ct) => node.GetBlockHeightAsync(Commitment.Confirmed, null, ct), cancellationToken);
            return height > attempt.LastValidBlockHeight;
        }
        catch (RpcException)
        {
            return false;
        }
    }
}
