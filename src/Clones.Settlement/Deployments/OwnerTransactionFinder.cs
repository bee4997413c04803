using Clones.Settlement.Chain;
using Clones.Settlement.Rules;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Deployments;

/// <summary>
/// What stands in an owner's own history of transactions that are ours: what an owner paid is in no deposit wallet's history, and a restored
/// database has forgotten it.
/// </summary>
internal sealed class OwnerTransactionFinder(RpcEndpoints rpc)
{
    private const int EntriesMax = 50_000;
    private const int PagesMax = 500;

    // Validators only estimate the time of a block.
    private static readonly TimeSpan Doubt = TimeSpan.FromHours(1);

    /// <summary>
    /// Every node is asked, and what any of them shows counts: one that lags, or began with a snapshot, tells a history that lacks it, and a second
    /// token would be made on its word.
    /// </summary>
    /// <param name="ids">Of transactions, as their memos name them.</param>
    /// <param name="since">When the first of them can have been made.</param>
    /// <returns>Signature of a finalized, executed transaction that this owner paid; null where the history has none.</returns>
    /// <exception cref="ChainNotReadyException">Too few nodes tell a history: all of one or two are needed, the majority of more.</exception>
    /// <exception cref="DeploymentImpossibleException">The history is too long to be read.</exception>
    public async Task<string?> ExecutedAsync(
        PublicKey owner,
        IReadOnlyCollection<Guid> ids,
        DateTimeOffset since,
        CancellationToken cancellationToken
    )
    {
        var wanted = ids.ToHashSet();
        var told = await Task.WhenAll(rpc.All.Select(node => AskAsync(node, owner, wanted, since, cancellationToken)));
        if (Array.Find(told, t => t.Signature is not null) is { Signature: { } signature })
        {
            return signature;
        }
        if (told.Any(t => t.IsTooLong))
        {
            throw new DeploymentImpossibleException(
                $"Your wallet {owner} has more than {EntriesMax} transactions since this agent was made, too many to look through. "
                    + "Let the deposit wallet pay."
            );
        }

        var silent = told.Select(t => t.Silence).OfType<string>().ToList();
        return told.Length - silent.Count >= ExpiryDecision.Quorum(told.Length)
            ? null
            : throw new ChainNotReadyException($"Too few nodes tell the history of {owner}.", string.Join(" ", silent));
    }

    private async Task<Telling> AskAsync(
        IRpcClient node,
        PublicKey owner,
        HashSet<Guid> wanted,
        DateTimeOffset since,
        CancellationToken cancellationToken
    )
    {
        var name = EndpointName.Of(node.Endpoint);
        if (rpc.IsPaused(node))
        {
            return new Telling { Silence = $"{name}: it failed lately and is left alone for a while." };
        }
        try
        {
            return await ReadAsync(node, owner, wanted, since, cancellationToken);
        }
        catch (RpcException e)
        {
            return new Telling { Silence = e.Diagnosis };
        }
    }

    private static async Task<Telling> ReadAsync(
        IRpcClient node,
        PublicKey owner,
        HashSet<Guid> wanted,
        DateTimeOffset since,
        CancellationToken cancellationToken
    )
    {
        var name = EndpointName.Of(node.Endpoint);
        var history = new AddressHistory(node, owner, Commitment.Finalized, pagesMax: PagesMax);
        await foreach (var entry in history.ReadAsync(fromSlot: 0, cancellationToken))
        {
            if (entry.Err is null && Names(entry.Memo, wanted))
            {
                switch (await IsPaidByAsync(node, owner, entry, cancellationToken))
                {
                    case true:
                        return new Telling { Signature = entry.Signature.ToString() };
                    case null:
                        return new Telling { Silence = $"{name}: it lists {entry.Signature} and does not show it." };
                }
            }
            if (entry.BlockTime is { } time && DateTimeOffset.FromUnixTimeSeconds(time) < since - Doubt)
            {
                return new Telling();
            }
            if (history.Count == EntriesMax)
            {
                return new Telling { IsTooLong = true };
            }
        }
        return history.End switch
        {
            HistoryEnd.Whole => new Telling(),
            // Who can pay was paid once.
            HistoryEnd.Nothing => new Telling { Silence = $"{name}: it lists nothing." },
            _ => new Telling { Silence = $"{name}: its pages do not lead to the beginning." },
        };
    }

    /// <summary>Nodes write "[38] text; [5] other".</summary>
    internal static bool Names(string? memo, IReadOnlySet<Guid> ids) =>
        memo is not null
        && memo.Split("; ").Any(part => TransactionMemo.TryParse(part[(part.IndexOf(' ') + 1)..], out var id, out _) && ids.Contains(id));

    // Anybody can write a memo, and name this wallet in what they pay themselves.
    private static async Task<bool?> IsPaidByAsync(
        IRpcClient node,
        PublicKey owner,
        SignatureInfo entry,
        CancellationToken cancellationToken
    )
    {
        var detail = await TransactionLookup.AskAsync(node, entry.Signature, entry.Slot, cancellationToken);
        return detail is not null && TransactionLookup.PayerOf(detail) is { } payer ? payer == owner : null;
    }

    /// <summary>What one node tells: a find, nothing, or why it tells nothing that counts.</summary>
    private sealed record Telling
    {
        public string? Signature { get; init; }
        public string? Silence { get; init; }
        public bool IsTooLong { get; init; }
    }
}
