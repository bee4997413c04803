using Clones.Settlement.Rules;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Chain;

/// <summary>
/// Asks every node for the statuses of a batch, once each. A node that fails is left alone for a while, longer each time: silence of one node
/// must cost neither it nor the others a storm of requests. Its pauses are its own: RpcEndpoints asks a paused node where all are paused, because a
/// reader needs some answer, and here silence is an answer.
/// </summary>
internal sealed class StatusReader(RpcEndpoints rpc, TimeProvider time, ILogger<StatusReader> log)
{
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(16);

    /// <summary>Everything in flight waits for the answers of all nodes: one that hangs is not asked again soon.</summary>
    private static readonly TimeSpan PauseAfterTimeout = TimeSpan.FromSeconds(8);

    private readonly Dictionary<IRpcClient, Pause> pauses = [];

    /// <summary>For each signature one sighting per configured node, in the order of the nodes.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<Sighting>>> ReadAsync(
        IReadOnlyList<Signature> signatures,
        bool searchHistory,
        CancellationToken cancellationToken
    )
    {
        var answers = await Task.WhenAll(rpc.All.Select(node => AskAsync(node, signatures, searchHistory, cancellationToken)));
        return [.. signatures.Select((_, i) => (IReadOnlyList<Sighting>)[.. answers.Select(answer => answer[i])])];
    }

    private async Task<Sighting[]> AskAsync(
        IRpcClient node,
        IReadOnlyList<Signature> signatures,
        bool searchHistory,
        CancellationToken cancellationToken
    )
    {
        if (IsPaused(node))
        {
            return Unanswered(signatures.Count);
        }
        try
        {
            var statuses = await node.GetSignatureStatusesAsync(signatures, searchHistory, cancellationToken);
            lock (pauses)
            {
                pauses.Remove(node);
            }
            return [.. statuses.Value.Select(SightingOf)];
        }
        catch (RpcException e) when (e.Fault == RpcFault.Unasked)
        {
            log.LogWarning("{Endpoint} was not asked for statuses: {Reason}", EndpointName.Of(node.Endpoint), e.Diagnosis);
            return Unanswered(signatures.Count);
        }
        catch (RpcException e)
        {
            var asked = e switch
            {
                RpcRateLimitedException { RetryAfter: { } wait } => wait,
                RpcTransportException { IsTimeout: true } => PauseAfterTimeout,
                _ => (TimeSpan?)null,
            };
            var pause = Fail(node, asked);
            log.LogWarning(
                "{Endpoint} gave no statuses and is left alone for {Pause}: {Reason}",
                EndpointName.Of(node.Endpoint),
                pause,
                e.Diagnosis
            );
            return Unanswered(signatures.Count);
        }
    }

    private static Sighting SightingOf(TransactionStatus? status) =>
        status is null
            ? new Sighting(SightingKind.Unknown)
            : new Sighting(
                status.ConfirmationStatus switch
                {
                    Commitment.Finalized => SightingKind.Finalized,
                    Commitment.Confirmed => SightingKind.Confirmed,
                    _ => SightingKind.Processed,
                },
                status.Slot,
                status.Err
            );

    private static Sighting[] Unanswered(int count) => [.. Enumerable.Repeat(new Sighting(SightingKind.Unanswered), count)];

    private bool IsPaused(IRpcClient node)
    {
        lock (pauses)
        {
            return pauses.TryGetValue(node, out var pause) && time.GetElapsedTime(pause.Since) < pause.For;
        }
    }

    private TimeSpan Fail(IRpcClient node, TimeSpan? asked)
    {
        lock (pauses)
        {
            var doubled = pauses.TryGetValue(node, out var pause) ? pause.For * 2 : TimeSpan.FromSeconds(1);
            var length = asked > doubled ? asked.Value : doubled;
            pauses[node] = new Pause(time.GetTimestamp(), length < PauseMax ? length : PauseMax);
            return pauses[node].For;
        }
    }

    private sealed record Pause(long Since, TimeSpan For);
}
