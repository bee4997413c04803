using System.Security.Cryptography;
using System.Text;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Chain;

/// <summary>
/// The finalized history of an address as several nodes report it. What any node lists is looked into; it is believed when as many as are
/// needed tell the same of it. A node that hides something, or invents it, leads to no conclusion at all.
/// </summary>
internal static class AgreedHistory
{
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
        var answers = await nodes
            .Select(n => n.Rpc)
            .AnswersAsync(node => ListOfNodeAsync(node, horizon.Slot, address, fromSlot, cancellationToken));
        var lists = answers.OfType<List<SignatureInfo>>().ToList();
        if (lists.Count < horizon.Needed)
        {
            throw new HistoryUnresolvedException(
                $"{lists.Count} nodes report the whole history of {address} since slot {fromSlot}, {horizon.Needed} are needed."
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

    /// <param name="slot">In which it is listed.</param>
    /// <returns>With <see cref="TransactionDetail.Unparsed"/> where so many nodes show something that cannot be read here.</returns>
    /// <param name="wallet">Whose history it is in.</param>
    /// <exception cref="HistoryUnresolvedException">Fewer nodes than needed report the same, or as many report something else.</exception>
    public static async Task<TransactionDetail> DetailAsync(
        FinalizedHorizon horizon,
        PublicKey wallet,
        Signature signature,
        ulong slot,
        CancellationToken cancellationToken
    )
    {
        var answers = await horizon
            .Nodes.Select(n => n.Rpc)
            .AnswersAsync(node => TransactionLookup.AskAsync(node, signature, slot, cancellationToken));
        var details = answers.OfType<TransactionDetail>().ToList();
        return Agreed(details, horizon.Needed)
            ?? ReadableToSome(details, wallet, signature, horizon.Needed)
            ?? throw new HistoryUnresolvedException($"The nodes do not agree about {signature}: {details.Count} report something of it.");
    }

    /// <summary>
    /// What so many nodes report alike, and more than tell anything else: slot, outcome, fee, bytes, and what every account had before and after,
    /// for the database is made of that. Null where there is no such thing. Pure.
    /// </summary>
    internal static TransactionDetail? Agreed(IReadOnlyList<TransactionDetail> answers, int needed)
    {
        var best = answers.GroupBy(Content).OrderByDescending(v => v.Count()).FirstOrDefault()?.ToList();
        if (best is null || best.Count < needed || 2 * best.Count <= answers.Count)
        {
            return null;
        }

        // For people only, and not worth an argument: without it the time of reading is shown.
        var time = best.GroupBy(d => d.BlockTime).OrderByDescending(t => t.Count()).First();
        return best[0] with { BlockTime = time.Count() >= needed ? time.Key : null };
    }

    /// <summary>
    /// What some nodes can read and others, of an older release, cannot: not read either, with the balances of those who tell them, which the
    /// comparison with the wallet's balance checks. Never what the wallet signed, and never a kind that every node can read: a node could hide a
    /// payment of ours by saying that it cannot be read. Pure.
    /// </summary>
    internal static TransactionDetail? ReadableToSome(
        IReadOnlyList<TransactionDetail> answers,
        PublicKey wallet,
        Signature signature,
        int needed
    )
    {
        var read = answers.Where(d => d.Unparsed is null).ToList();
        if (read.Count == 0 || read.Count == answers.Count || answers.Count < needed || answers.Any(d => d.Slot != read[0].Slot))
        {
            return null;
        }

        var message = Transaction.Deserialize(read[0].TransactionBytes.Span).Message;
        return
            read.DistinctBy(Content).Count() > 1
            || message.Version is MessageVersion.Legacy or MessageVersion.V0
            || message.Signers.Contains(wallet)
            ? null
            : read[0] with
            {
                TransactionBytes = ReadOnlyMemory<byte>.Empty,
                BlockTime = null,
                Unparsed = new UnparsedTransaction(signature, message.AccountKeys, "Not every node can read it."),
            };
    }

    private static string Content(TransactionDetail detail)
    {
        var text = new StringBuilder();
        text.Append(detail.Slot).Append('|').Append(detail.Fee).Append('|').Append(detail.Err).Append('|');
        text.Append(Convert.ToHexString(SHA256.HashData(detail.TransactionBytes.Span)));
        text.Append('|').AppendJoin(',', detail.PreBalances).Append('|').AppendJoin(',', detail.PostBalances);
        text.Append('|').AppendJoin(',', detail.PreTokenBalances.Select(TokenText).Order(StringComparer.Ordinal));
        text.Append('|').AppendJoin(',', detail.PostTokenBalances.Select(TokenText).Order(StringComparer.Ordinal));
        text.Append('|').AppendJoin(',', detail.LoadedWritable).Append('|').AppendJoin(',', detail.LoadedReadOnly);
        text.Append('|').Append(detail.Unparsed is null ? "read" : "unparsed").AppendJoin(',', detail.Unparsed?.AccountKeys ?? []);
        return text.ToString();

        // Of the owner and the decimals nothing in the database depends, and not every node reports them.
        static string TokenText(TransactionTokenBalance balance) => $"{balance.AccountIndex} {balance.Mint} {balance.Amount}";
    }

    private static async Task<List<SignatureInfo>?> ListOfNodeAsync(
        IRpcClient node,
        ulong horizonSlot,
        PublicKey address,
        ulong fromSlot,
        CancellationToken cancellationToken
    )
    {
        var history = new AddressHistory(node, address, Commitment.Finalized, horizonSlot);
        var all = await history.ReadAsync(fromSlot, cancellationToken).ToListAsync(cancellationToken);
        return history.End switch
        {
            HistoryEnd.Whole or HistoryEnd.AtSlot => all,
            HistoryEnd.Nothing when !await HoldsLamportsAsync(node, address, cancellationToken) => all,
            _ => null,
        };
    }

    // Whoever has something was given it: a node that lists nothing then keeps no index of addresses.
    private static async Task<bool> HoldsLamportsAsync(IRpcClient node, PublicKey address, CancellationToken cancellationToken) =>
        (await node.GetBalanceAsync(address, Commitment.Finalized, cancellationToken: cancellationToken)).Value > 0;
}
