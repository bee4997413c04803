using Clones.Domain.Transactions;
using Clones.Solana.Rpc;
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

internal static class OwnerTransactions
{
    public static TransactionKind? KindOf(string route) =>
        route switch
        {
            "token-creation" => TransactionKind.TokenCreation,
            "pool-creation" => TransactionKind.PoolCreation,
            _ => null,
        };

    /// <summary>Whether the chain has passed the last height at which a prepared attempt could land. An RPC that does not answer says nothing: false.</summary>
    public static async Task<bool> HasExpiredAsync(this RpcEndpoints rpc, TransactionAttempt attempt, CancellationToken cancellationToken)
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
