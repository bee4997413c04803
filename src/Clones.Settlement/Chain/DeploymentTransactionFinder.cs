using Clones.Domain.Transactions;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Chain;

/// <summary>What made an account that is there on chain.</summary>
/// <param name="BlockTime">Unix seconds; null where the cluster does not know it.</param>
internal sealed record Landing(Signature Signature, ulong Slot, long? BlockTime)
{
    /// <summary>The attempt of ours that it is; null where it is none that the database knows.</summary>
    public (Guid TransactionId, int Number)? Attempt { get; init; }

    /// <summary>As the chain holds it, where it was read.</summary>
    public byte[]? WireBytes { get; init; }
}

/// <summary>Finds the transaction that made an account which is there although the lifecycle does not know it.</summary>
internal sealed class DeploymentTransactionFinder(RpcEndpoints rpc)
{
    private const int StatusesMax = 256;

    // Before an account is made, anybody can send something to its address; so many of the oldest successes are read.
    private const int CandidatesMax = 20;

    /// <summary>
    /// An attempt of ours that the chain shows as finalized: by its signature, or, where an owner has sent it around us, by its message in the
    /// address's own history. Failing that, what else in that history has made the account.
    /// </summary>
    /// <param name="attempts">All that the agent has of this kind, the latest first.</param>
    /// <param name="kind">Token or pool creation.</param>
    /// <param name="address">Of the mint or the liquidity pool.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <returns>Null where no node knows any.</returns>
    public async Task<Landing?> FindAsync(
        IReadOnlyList<TransactionAttempt> attempts,
        TransactionKind kind,
        PublicKey address,
        CancellationToken cancellationToken
    ) => await OwnAsync(attempts, cancellationToken) ?? await OfHistoryAsync(attempts, kind, address, cancellationToken);

    private async Task<Landing?> OwnAsync(IReadOnlyList<TransactionAttempt> attempts, CancellationToken cancellationToken)
    {
        var stored = attempts.Where(a => a.Signature is not null).Take(StatusesMax).ToList();
        if (stored.Count == 0)
        {
            return null;
        }

        var signatures = stored.ConvertAll(a => Signature.Parse(a.Signature!));
        var statuses = await rpc.ReadAsync(
            (client, stop) => client.GetSignatureStatusesAsync(signatures, searchTransactionHistory: true, stop),
            cancellationToken
        );
        for (var i = 0; i < signatures.Count; i++)
        {
            if (statuses.Value[i] is { Succeeded: true, ConfirmationStatus: Commitment.Finalized, Slot: var slot })
            {
                var time = await rpc.ReadAsync((client, stop) => client.GetBlockTimeAsync(slot, stop), cancellationToken);
                return new Landing(signatures[i], slot, time) { Attempt = (stored[i].TransactionId, stored[i].Number) };
            }
        }

        return null;
    }

    private async Task<Landing?> OfHistoryAsync(
        IReadOnlyList<TransactionAttempt> attempts,
        TransactionKind kind,
        PublicKey address,
        CancellationToken cancellationToken
    )
    {
        var candidates = await OldestSuccessesAsync(address, cancellationToken);
        Landing? maker = null;
        foreach (var candidate in candidates)
        {
            var detail = await rpc.ReadAsync(
                (client, stop) => TransactionLookup.AskAsync(client, candidate.Signature, candidate.Slot, stop),
                cancellationToken
            );
            if (detail is not { Err: null, Unparsed: null })
            {
                continue;
            }

            var message = Transaction.Deserialize(detail.TransactionBytes.Span).Message;
            var bytes = message.Serialize();
            var landing = new Landing(candidate.Signature, detail.Slot, detail.BlockTime) { WireBytes = detail.TransactionBytes.ToArray() };
            if (attempts.FirstOrDefault(a => a.MessageBytes.AsSpan().SequenceEqual(bytes)) is { } ours)
            {
                return landing with { Attempt = (ours.TransactionId, ours.Number) };
            }

            // A mint signs its own creation; an address that is derived signs nothing.
            if (maker is null && (kind != TransactionKind.TokenCreation || message.Signers.Contains(address)))
            {
                maker = landing;
            }
        }

        return maker ?? candidates.Select(c => new Landing(c.Signature, c.Slot, c.BlockTime)).FirstOrDefault();
    }

    /// <summary>Oldest first, as the first node lists them that lists the history to its beginning.</summary>
    /// <exception cref="LandingUntoldException">None does.</exception>
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
        throw new LandingUntoldException(address);
    }
}

/// <summary>An account is on chain, and no node tells which transaction made it. A later try may.</summary>
internal sealed class LandingUntoldException(PublicKey address)
    : Exception($"{address} is on chain, and no node tells which transaction made it.");
