using Clones.Persistence;
using Clones.Persistence.Settlement;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using Microsoft.EntityFrameworkCore;

namespace Clones.Workers.Deployments;

/// <summary>What made an account that is there on chain.</summary>
/// <param name="BlockTime">Unix seconds; null where the cluster does not know it.</param>
internal sealed record Landing(Signature Signature, ulong Slot, long? BlockTime);

/// <summary>Finds the transaction that made an account which is there although the lifecycle does not know it.</summary>
internal sealed class LandedTransactions(ClonesDbContext db, RpcEndpoints rpc)
{
    private const int PageSize = 1_000;
    private const int StatusesMax = 256;

    /// <summary>An attempt of ours that the chain shows as finalized; failing that, the first success in the address's own history.</summary>
    /// <returns>Null where no node knows any.</returns>
    public async Task<Landing?> FindAsync(Guid agentId, TransactionKind kind, PublicKey address, CancellationToken cancellationToken) =>
        await OwnAsync(agentId, kind, cancellationToken) ?? await FirstOfAsync(address, cancellationToken);

    private async Task<Landing?> OwnAsync(Guid agentId, TransactionKind kind, CancellationToken cancellationToken)
    {
        var stored = await db
            .Transactions.Where(t => t.AgentId == agentId && t.Kind == kind)
            .SelectMany(t => t.Attempts)
            .Where(a => a.Signature != null)
            .OrderByDescending(a => a.CreatedAt)
            .Select(a => a.Signature!)
            .Take(StatusesMax)
            .ToListAsync(cancellationToken);
        if (stored.Count == 0)
        {
            return null;
        }

        var signatures = stored.ConvertAll(Signature.Parse);
        var statuses = await rpc.ReadAsync(
            (client, stop) => client.GetSignatureStatusesAsync(signatures, searchTransactionHistory: true, stop),
            cancellationToken
        );
        for (var i = 0; i < signatures.Count; i++)
        {
            if (statuses.Value[i] is { Succeeded: true, ConfirmationStatus: Commitment.Finalized, Slot: var slot })
            {
                var time = await rpc.ReadAsync((client, stop) => client.GetBlockTimeAsync(slot, stop), cancellationToken);
                return new Landing(signatures[i], slot, time);
            }
        }

        return null;
    }

    private async Task<Landing?> FirstOfAsync(PublicKey address, CancellationToken cancellationToken)
    {
        Landing? oldest = null;
        Signature? before = null;
        while (true)
        {
            var page = await rpc.ReadAsync(
                (client, stop) => client.GetSignaturesForAddressAsync(address, PageSize, before, cancellationToken: stop),
                cancellationToken
            );
            if (page.LastOrDefault(entry => entry.Err is null) is { } success)
            {
                oldest = new Landing(success.Signature, success.Slot, success.BlockTime);
            }
            if (page.Count < PageSize)
            {
                return oldest;
            }

            before = page[^1].Signature;
        }
    }
}
