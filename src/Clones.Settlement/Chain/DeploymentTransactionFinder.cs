using Clones.Domain.Transactions;
using Clones.Persistence;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using Microsoft.EntityFrameworkCore;

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
internal sealed class DeploymentTransactionFinder(ClonesDbContext db, RpcEndpoints rpc)
{
    private const int StatusesMax = 256;

    // Before an account is made, anybody can send something to its address; so many of the oldest successes are read.
    private const int CandidatesMax = 20;

    /// <summary>
    /// An attempt of ours that the chain shows as finalized: by its signature, or, where an owner has sent it around us, by its message in the
    /// address's own history. Failing that, what else in that history has made the account.
    /// </summary>
    /// <returns>Null where no node knows any.</returns>
    public async Task<Landing?> FindAsync(Guid agentId, TransactionKind kind, PublicKey address, CancellationToken cancellationToken) =>
        await OwnAsync(agentId, kind, cancellationToken) ?? await OfHistoryAsync(agentId, kind, address, cancellationToken);

    private async Task<Landing?> OwnAsync(Guid agentId, TransactionKind kind, CancellationToken cancellationToken)
    {
        var stored = await db
            .Transactions.Where(t => t.AgentId == agentId && t.Kind == kind)
            .SelectMany(t => t.Attempts)
            .Where(a => a.Signature != null)
            .OrderByDescending(a => a.CreatedAt)
            .Select(a => new
            {
                a.TransactionId,
                a.Number,
                a.Signature,
            })
            .Take(StatusesMax)
            .ToListAsync(cancellationToken);
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

    private async Task<Landing?> OfHistoryAsync(Guid agentId, TransactionKind kind, PublicKey address, CancellationToken cancellationToken)
    {
        var candidates = await OldestSuccessesAsync(address, cancellationToken);
        var attempts = await db
            .Transactions.Where(t => t.AgentId == agentId && t.Kind == kind)
            .SelectMany(t => t.Attempts)
            .AsNoTracking()
            .ToListAsync(cancellationToken);
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
            if (attempts.Find(a => a.MessageBytes.AsSpan().SequenceEqual(bytes)) is { } ours)
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
