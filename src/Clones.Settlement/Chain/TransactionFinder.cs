using Clones.Domain.Transactions;
using Clones.Settlement.Rules;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Chain;

/// <summary>A transaction of a deployment that a node shows.</summary>
/// <param name="BlockTime">Unix seconds; null where the cluster does not know it.</param>
internal sealed record FoundTransaction(Signature Signature, ulong Slot, long? BlockTime)
{
    /// <summary>The attempt of ours that it is; null where it is none that the database knows.</summary>
    public (Guid TransactionId, int Number)? Attempt { get; init; }

    /// <summary>As the chain holds it, where it was read.</summary>
    public byte[]? WireBytes { get; init; }
}

/// <summary>
/// Finds transactions on chain that the database may not know: in the history of an owner who pays, and in that of what a deployment has made. One
/// node that shows what an owner sent is enough here, for that find lets nothing be signed; that nothing is found does in
/// <see cref="FindExecutedAsync"/> alone, and there by a quorum. What made an account ends a transaction: as many nodes as are believed must show
/// it. Proofs (<see cref="ExpiryProofCollector"/>) and the ledger (<see cref="AgreedHistory"/>) ask by their own rules, because what
/// they conclude lets something be signed.
/// </summary>
internal sealed class TransactionFinder(RpcEndpoints rpc)
{
    /// <summary>So many transactions of an owner are looked through.</summary>
    public const int EntriesMax = 50_000;
    private const int StatusesMax = 256;
    private const int PagesMax = 500;

    // Before an account is made, anybody can send something to its address; so many of the oldest successes are read.
    private const int CandidatesMax = 20;

    /// <summary>How many nodes are believed: rule 4 of settlement.</summary>
    private int Needed => Math.Min(2, rpc.All.Count);

    // Validators only estimate the time of a block.
    private static readonly TimeSpan Doubt = TimeSpan.FromHours(1);

    /// <summary>
    /// An attempt that its owner may have sent, at confirmed. The owner's signature is the transaction's id on chain, and whoever holds the message
    /// can tell it from every other. Read back to the attempt: what the chain has rejected is found here or nowhere, and anybody can make the owner's
    /// history longer. That no node shows it proves nothing.
    /// </summary>
    /// <exception cref="ChainNotReadyException">No node answered.</exception>
    public async Task<Signature?> FindSentAsync(AttemptFacts facts, CancellationToken cancellationToken)
    {
        var answers = await rpc.Usable.AnswersAsync(
            async Task<Signature?> (node) =>
            {
                var history = new AddressHistory(node, facts.Wallet, Commitment.Confirmed, pagesMax: PagesMax);
                await foreach (var entry in history.ReadAsync(facts.ContextSlot, cancellationToken))
                {
                    if (TransactionMemo.Mentions(entry.Memo, facts.TransactionId) && facts.IsSignedBy(entry.Signature))
                    {
                        return entry.Signature;
                    }
                }
                return null;
            }
        );
        return answers.Count > 0
            ? answers.FirstOrDefault(signature => signature is not null)
            : throw new ChainNotReadyException($"No node reports the history of {facts.Wallet}.");
    }

    /// <summary>
    /// A finalized success of any of our transactions that an owner paid, which is in no deposit wallet's history, and which a restored database has
    /// forgotten. Every node is asked, and what any of them shows counts: one that lags, or began with a snapshot, tells a history that lacks it, and
    /// a second token would be made on its word.
    /// </summary>
    /// <param name="ids">Of transactions, as their memos name them.</param>
    /// <param name="since">When the first of them can have been made.</param>
    /// <returns>Null where the history has none, or is too long to be known.</returns>
    /// <exception cref="ChainNotReadyException">Too few nodes report a history: all of one or two are needed, the majority of more.</exception>
    public async Task<(Signature? Found, bool IsTooLong)> FindExecutedAsync(
        PublicKey owner,
        IReadOnlyCollection<Guid> ids,
        DateTimeOffset since,
        CancellationToken cancellationToken
    )
    {
        var wanted = ids.ToHashSet();
        var answers = await Task.WhenAll(rpc.All.Select(AskAsync));
        if (Array.Find(answers, t => t.Found is not null) is { Found: { } signature })
        {
            return (signature, false);
        }
        if (answers.Any(t => t.IsTooLong))
        {
            return (null, true);
        }

        var silent = answers.Select(t => t.Silence).OfType<string>().ToList();
        return answers.Length - silent.Count >= ExpiryDecision.Quorum(answers.Length)
            ? (null, false)
            : throw new ChainNotReadyException($"Too few nodes report the history of {owner}.", string.Join(" ", silent));

        async Task<NodeReport> AskAsync(IRpcClient node)
        {
            try
            {
                return rpc.IsPaused(node)
                    ? Silent(node, "it failed lately and is left alone for a while.")
                    : await FindExecutedAsync(node, owner, wanted, since, cancellationToken);
            }
            catch (RpcException e)
            {
                return new NodeReport(Silence: e.Diagnosis);
            }
        }
    }

    private static async Task<NodeReport> FindExecutedAsync(
        IRpcClient node,
        PublicKey owner,
        HashSet<Guid> wanted,
        DateTimeOffset since,
        CancellationToken cancellationToken
    )
    {
        var history = new AddressHistory(node, owner, Commitment.Finalized, pagesMax: PagesMax);
        await foreach (var entry in history.ReadAsync(fromSlot: 0, cancellationToken))
        {
            if (entry.Err is null && TransactionMemo.NamesAny(entry.Memo, wanted))
            {
                // Anybody can write a memo, and name this wallet in what they pay themselves.
                var detail = await TransactionLookup.AskAsync(node, entry.Signature, entry.Slot, cancellationToken);
                if (TransactionLookup.PayerOf(detail) is not { } payer)
                {
                    return Silent(node, $"it lists {entry.Signature} and does not show it.");
                }
                if (payer == owner)
                {
                    return new NodeReport(entry.Signature);
                }
            }
            if (entry.BlockTime is { } time && DateTimeOffset.FromUnixTimeSeconds(time) < since - Doubt)
            {
                return new NodeReport();
            }
            if (history.Count == EntriesMax)
            {
                return new NodeReport(IsTooLong: true);
            }
        }
        return history.End switch
        {
            HistoryEnd.Whole => new NodeReport(),
            // Who can pay was paid once.
            HistoryEnd.Nothing => Silent(node, "it lists nothing."),
            _ => Silent(node, "its pages do not lead to the beginning."),
        };
    }

    private static NodeReport Silent(IRpcClient node, string why) => new(Silence: $"{EndpointName.Of(node.Endpoint)}: {why}");

    /// <summary>
    /// What made an account that is there: an attempt of ours that the chain shows as finalized, by its signature, or, where an owner has sent it
    /// around us, by its message in the address's own history. Failing that, what else in that history has made the account.
    /// </summary>
    /// <param name="attempts">All that the agent has of this kind, the latest first.</param>
    /// <param name="kind">Token or pool creation.</param>
    /// <param name="address">Of the mint or the liquidity pool.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ChainNotReadyException">
    /// Two nodes, where two are configured, do not report the same of it. A later try may find that they do.
    /// </exception>
    public async Task<FoundTransaction> FindMakerAsync(
        IReadOnlyList<TransactionAttempt> attempts,
        TransactionKind kind,
        PublicKey address,
        CancellationToken cancellationToken
    ) =>
        await OwnAsync(attempts, cancellationToken)
        ?? await OfHistoryAsync(attempts, kind, address, cancellationToken)
        ?? throw Untold(address);

    private async Task<FoundTransaction?> OwnAsync(IReadOnlyList<TransactionAttempt> attempts, CancellationToken cancellationToken)
    {
        var stored = attempts.Where(a => a.Signature is not null).Take(StatusesMax).ToList();
        if (stored.Count == 0)
        {
            return null;
        }

        var signatures = stored.ConvertAll(a => Signature.Parse(a.Signature!));
        var answers = await rpc.Usable.AnswersAsync(node =>
            node.GetSignatureStatusesAsync(signatures, searchTransactionHistory: true, cancellationToken)
        );
        for (var i = 0; i < signatures.Count; i++)
        {
            var final = answers
                .Select(answer => answer.Value[i])
                .Where(status => status is { Succeeded: true, ConfirmationStatus: Commitment.Finalized })
                .GroupBy(status => status!.Slot)
                .FirstOrDefault(alike => alike.Count() >= Needed);
            if (final is { Key: var slot })
            {
                var time = await rpc.ReadAsync((client, stop) => client.GetBlockTimeAsync(slot, stop), cancellationToken);
                return new FoundTransaction(signatures[i], slot, time) { Attempt = (stored[i].TransactionId, stored[i].Number) };
            }
        }

        return null;
    }

    private async Task<FoundTransaction?> OfHistoryAsync(
        IReadOnlyList<TransactionAttempt> attempts,
        TransactionKind kind,
        PublicKey address,
        CancellationToken cancellationToken
    )
    {
        FoundTransaction? maker = null;
        FoundTransaction? first = null;
        foreach (var candidate in await OldestSuccessesAsync(address, cancellationToken))
        {
            var answers = await rpc.Usable.AnswersAsync(node =>
                TransactionLookup.AskAsync(node, candidate.Signature, candidate.Slot, cancellationToken)
            );
            var shown = answers.OfType<TransactionDetail>().ToList();
            if (shown.Exists(d => d.Unparsed is not null))
            {
                // Ours can be read by every node. Anybody can name the address in something else.
                if (shown.Count(d => d.Slot == candidate.Slot) >= Needed)
                {
                    first ??= new FoundTransaction(candidate.Signature, candidate.Slot, candidate.BlockTime);
                }
                continue;
            }
            var detail = AgreedHistory.Agreed(shown, Needed) ?? throw Untold(address);
            if (detail.Err is not null)
            {
                continue;
            }

            var message = Transaction.Deserialize(detail.TransactionBytes.Span).Message;
            var bytes = message.Serialize();
            var found = new FoundTransaction(candidate.Signature, detail.Slot, detail.BlockTime)
            {
                WireBytes = detail.TransactionBytes.ToArray(),
            };
            if (attempts.FirstOrDefault(a => a.MessageBytes.AsSpan().SequenceEqual(bytes)) is { } ours)
            {
                return found with { Attempt = (ours.TransactionId, ours.Number) };
            }

            // A mint signs its own creation; an address that is derived signs nothing.
            if (maker is null && (kind != TransactionKind.TokenCreation || message.Signers.Contains(address)))
            {
                maker = found;
            }
            first ??= new FoundTransaction(candidate.Signature, detail.Slot, detail.BlockTime);
        }

        return maker ?? first;
    }

    /// <summary>Oldest first, as the first node lists them that lists the history to its beginning.</summary>
    private async Task<IReadOnlyList<SignatureInfo>> OldestSuccessesAsync(PublicKey address, CancellationToken cancellationToken)
    {
        foreach (var node in rpc.All.OrderBy(rpc.IsPaused))
        {
            var oldest = new Queue<SignatureInfo>();
            var history = new AddressHistory(node, address, Commitment.Finalized);
            try
            {
                await foreach (var entry in history.ReadAsync(fromSlot: 0, cancellationToken))
                {
                    if (entry.Err is null)
                    {
                        oldest.Enqueue(entry);
                    }
                    if (oldest.Count > CandidatesMax)
                    {
                        oldest.Dequeue();
                    }
                }
            }
            catch (RpcException)
            {
                // Another node may answer.
                continue;
            }
            if (history.End == HistoryEnd.Whole)
            {
                return [.. oldest.Reverse()];
            }
        }
        throw Untold(address);
    }

    private static ChainNotReadyException Untold(PublicKey address) =>
        new($"{address} is on chain, and too few nodes report which transaction made it.");

    /// <summary>What one node tells: a find, nothing, or why it tells nothing that counts.</summary>
    private sealed record NodeReport(Signature? Found = null, string? Silence = null, bool IsTooLong = false);
}
