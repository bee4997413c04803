using System.Security.Cryptography;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;

namespace Clones.Workers.Ledger;

/// <summary>
/// The finalized history of an address as several nodes tell it. What any node lists is looked into; it is believed when as many as are
/// needed tell the same of it. A node that hides something, or invents it, leads to no conclusion at all.
/// </summary>
internal static class AgreedHistory
{
    private const int PageSize = 1_000;
    private const int PagesMax = 1_000;

    /// <param name="fromSlot">Older entries are left out.</param>
    /// <param name="keptFrom">Only nodes that keep blocks back to this slot are asked; null asks all.</param>
    /// <returns>Signatures with their slots, oldest first, up to the horizon.</returns>
    /// <exception cref="HistoryUnresolvedException">Too few nodes answer.</exception>
    public static async Task<IReadOnlyList<(Signature Signature, ulong Slot)>> ListAsync(
        FinalizedHorizon horizon,
        PublicKey address,
        ulong fromSlot,
        ulong? keptFrom,
        CancellationToken cancellationToken
    )
    {
        var nodes = horizon.Nodes.Where(n => keptFrom is null || n.FirstSlot <= keptFrom);
        var told = await Task.WhenAll(nodes.Select(n => ListOfNodeAsync(n.Rpc, horizon.Slot, address, fromSlot, cancellationToken)));
        var lists = told.OfType<List<SignatureInfo>>().ToList();
        if (lists.Count < horizon.Needed)
        {
            throw new HistoryUnresolvedException(
                $"{lists.Count} nodes tell the whole history of {address} since slot {fromSlot}, {horizon.Needed} are needed."
            );
        }
        return
        [
            .. lists
                .SelectMany(list => list)
                .Where(e => e.Slot <= horizon.Slot && e.Slot >= fromSlot)
                .Select(e => (e.Signature, e.Slot))
                .DistinctBy(e => e.Signature)
                .OrderBy(e => e.Slot),
        ];
    }

    /// <exception cref="HistoryUnresolvedException">Fewer nodes than needed tell the same, or as many tell something else.</exception>
    public static async Task<TransactionDetail> DetailAsync(
        FinalizedHorizon horizon,
        Signature signature,
        CancellationToken cancellationToken
    )
    {
        var told = await Task.WhenAll(horizon.Nodes.Select(n => DetailOfNodeAsync(n.Rpc, signature, cancellationToken)));
        var versions = told.OfType<TransactionDetail>()
            .GroupBy(d => (d.Slot, d.Err, d.Fee, Convert.ToHexString(SHA256.HashData(d.TransactionBytes.Span))))
            .OrderByDescending(v => v.Count())
            .ToList();
        var best = versions.FirstOrDefault();
        return best is not null && best.Count() >= horizon.Needed && 2 * best.Count() > versions.Sum(v => v.Count())
            ? best.First()
            : throw new HistoryUnresolvedException($"The nodes do not agree about {signature}: {best?.Count() ?? 0} tell the same.");
    }

    private static async Task<List<SignatureInfo>?> ListOfNodeAsync(
        IRpcClient node,
        ulong horizonSlot,
        PublicKey address,
        ulong fromSlot,
        CancellationToken cancellationToken
    )
    {
        var all = new List<SignatureInfo>();
        Signature? before = null;
        try
        {
            for (var page = 0; page < PagesMax; page++)
            {
                var entries = await node.GetSignaturesForAddressAsync(
                    address,
                    PageSize,
                    before,
                    commitment: Commitment.Finalized,
                    minContextSlot: horizonSlot,
                    cancellationToken: cancellationToken
                );
                all.AddRange(entries);
                if (entries.Count == 0 && page == 0 && await HoldsLamportsAsync(node, address, cancellationToken))
                {
                    return null;
                }
                if (entries.Count < PageSize || entries[^1].Slot < fromSlot)
                {
                    return all;
                }
                before = entries[^1].Signature;
            }
        }
        catch (RpcException)
        {
            // Not answered is not "nothing there".
        }
        return null;
    }

    // Whoever has something was given it: a node that lists nothing then keeps no index of addresses.
    private static async Task<bool> HoldsLamportsAsync(IRpcClient node, PublicKey address, CancellationToken cancellationToken) =>
        (await node.GetBalanceAsync(address, Commitment.Finalized, cancellationToken: cancellationToken)).Value > 0;

    private static async Task<TransactionDetail?> DetailOfNodeAsync(
        IRpcClient node,
        Signature signature,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await node.GetTransactionAsync(signature, Commitment.Finalized, cancellationToken);
        }
        catch (RpcException)
        {
            return null;
        }
    }
}
