using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using Clones.Workers.Settlement;

namespace Clones.Workers.Deployments;

/// <summary>
/// What stands in an owner's own history of transactions that are ours: what an owner paid is in no deposit wallet's history, and a restored
/// database has forgotten it.
/// </summary>
internal sealed class OwnerLandings(RpcEndpoints rpc)
{
    private const int PageSize = 1_000;
    private const int PagesMax = 50;

    // Validators only estimate the time of a block.
    private static readonly TimeSpan Doubt = TimeSpan.FromHours(1);

    /// <param name="ids">Of transactions, as their memos name them.</param>
    /// <param name="since">When the first of them can have been made.</param>
    /// <returns>Signature of a finalized, executed transaction that this owner paid; null where the history has none.</returns>
    /// <exception cref="ChainNotReadyException">The node keeps no history of addresses.</exception>
    /// <exception cref="DeploymentImpossibleException">The history is too long to be read.</exception>
    public async Task<string?> ExecutedAsync(
        PublicKey owner,
        IReadOnlyCollection<Guid> ids,
        DateTimeOffset since,
        CancellationToken cancellationToken
    )
    {
        var wanted = ids.ToHashSet();
        Signature? before = null;
        for (var page = 0; page < PagesMax; page++)
        {
            var entries = await rpc.ReadAsync(
                (node, stop) =>
                    node.GetSignaturesForAddressAsync(owner, PageSize, before, commitment: Commitment.Finalized, cancellationToken: stop),
                cancellationToken
            );
            foreach (var entry in entries.Where(e => e.Err is null && Names(e.Memo, wanted)))
            {
                if (await IsPaidByAsync(owner, entry.Signature, cancellationToken))
                {
                    return entry.Signature.ToString();
                }
            }

            if (entries.Count < PageSize)
            {
                // Who can pay was paid once.
                return page == 0 && entries.Count == 0 ? throw new ChainNotReadyException($"The node knows no history of {owner}.") : null;
            }
            if (entries[^1].BlockTime is { } time && DateTimeOffset.FromUnixTimeSeconds(time) < since - Doubt)
            {
                return null;
            }

            before = entries[^1].Signature;
        }

        throw new DeploymentImpossibleException(
            $"Your wallet {owner} has more than {PagesMax * PageSize} transactions since this agent was made, too many to look through. "
                + "Let the deposit wallet pay."
        );
    }

    /// <summary>Nodes write "[38] text; [5] other".</summary>
    internal static bool Names(string? memo, IReadOnlySet<Guid> ids) =>
        memo is not null
        && memo.Split("; ").Any(part => TransactionMemo.TryParse(part[(part.IndexOf(' ') + 1)..], out var id, out _) && ids.Contains(id));

    // Anybody can write a memo, and name this wallet in what they pay themselves.
    private async Task<bool> IsPaidByAsync(PublicKey owner, Signature signature, CancellationToken cancellationToken)
    {
        var detail = await rpc.ReadAsync(
            (node, stop) => node.GetTransactionAsync(signature, Commitment.Finalized, stop),
            cancellationToken
        );
        return detail is not null && Transaction.Deserialize(detail.TransactionBytes.Span).Message.FeePayer == owner;
    }
}
