using System.Runtime.CompilerServices;
using Clones.Solana.Primitives;

namespace Clones.Solana.Rpc;

/// <summary>
/// The history of an address as one node lists it, newest first, read page by page. Nodes cap and cut pages, so a short page says nothing:
/// the history has ended where a page is empty and the node still knows the entry that the page was to follow.
/// </summary>
/// <remarks>
/// A node that does not know <c>before</c> answers an empty page too (Agave, <c>get_confirmed_signatures_for_address2</c>): hence the second
/// question. Entries that a node leaves out of the middle of a page cannot be seen here: compare several nodes, and the sum with the balance.
/// </remarks>
/// <param name="minContextSlot">Reject (node behind) where the node has not reached this slot; null takes any.</param>
/// <param name="pagesMax">Pages after which the reading ends.</param>
public sealed class AddressHistory(
    IRpcClient node,
    PublicKey address,
    Commitment commitment,
    ulong? minContextSlot = null,
    int pagesMax = AddressHistory.PagesMaxDefault
)
{
    public const int PagesMaxDefault = 1_000;

    /// <summary>What is asked for, and the most that the RPC specification allows.</summary>
    private const int PageSize = 1_000;

    /// <summary>How the reading ended; null while it goes on, and where the reader stopped by itself or a request failed.</summary>
    public HistoryEnd? End { get; private set; }

    /// <summary>Entries listed so far.</summary>
    public int Count { get; private set; }

    /// <param name="fromSlot">Reading stops behind the first entry below this slot, which is listed too.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="RpcException">A page did not come.</exception>
    public async IAsyncEnumerable<SignatureInfo> ReadAsync(
        ulong fromSlot,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        SignatureInfo? last = null;
        for (var page = 0; page < pagesMax; page++)
        {
            var entries = await node.GetSignaturesForAddressAsync(
                    address,
                    PageSize,
                    last?.Signature,
                    commitment: commitment,
                    minContextSlot: minContextSlot,
                    cancellationToken: cancellationToken
                )
                .ConfigureAwait(false);
            if (entries.Count == 0)
            {
                End =
                    last is null ? HistoryEnd.Nothing
                    : await KnowsAsync(last, cancellationToken).ConfigureAwait(false) ? HistoryEnd.Whole
                    : HistoryEnd.Broken;
                yield break;
            }
            foreach (var entry in entries)
            {
                // A page that does not follow the one before it is not the next page, whatever it is.
                if (last is not null && (entry.Slot > last.Slot || entry.Signature == last.Signature))
                {
                    End = HistoryEnd.Broken;
                    yield break;
                }
                last = entry;
                Count++;
                yield return entry;
                if (entry.Slot < fromSlot)
                {
                    End = HistoryEnd.AtSlot;
                    yield break;
                }
            }
        }
        End = HistoryEnd.TooLong;
    }

    /// <summary>All of it, where the node is the only one that is asked.</summary>
    /// <returns>Null where the node does not list it to its beginning.</returns>
    /// <exception cref="RpcException">A page did not come.</exception>
    public async Task<IReadOnlyList<SignatureInfo>?> ReadWholeAsync(CancellationToken cancellationToken = default)
    {
        var all = await ReadAsync(fromSlot: 0, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
        return End is HistoryEnd.Whole or HistoryEnd.Nothing ? all : null;
    }

    private async Task<bool> KnowsAsync(SignatureInfo entry, CancellationToken cancellationToken)
    {
        var statuses = await node.GetSignatureStatusesAsync([entry.Signature], searchTransactionHistory: true, cancellationToken)
            .ConfigureAwait(false);
        return statuses.Value[0] is { } status && status.Slot == entry.Slot;
    }
}

/// <summary>How the reading of a history ended.</summary>
public enum HistoryEnd
{
    /// <summary>Not one entry was listed. The node may keep no index of addresses.</summary>
    Nothing,

    /// <summary>All that the node has was listed.</summary>
    Whole,

    /// <summary>An entry below the wanted slot was met, and everything above it was listed.</summary>
    AtSlot,

    /// <summary>The pages do not follow one another, or the node no longer knows where it was: nothing follows from what was listed.</summary>
    Broken,

    /// <summary>It has more pages than are read.</summary>
    TooLong,
}
