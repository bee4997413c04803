using System.Threading.RateLimiting;

namespace Clones.Solana.Rpc;

/// <summary>Turns at the bucket of one node. Sends of transactions go before all else: signed bytes do not wait behind scans of a history.</summary>
/// <param name="bucket">One permit for each request on the wire.</param>
/// <param name="waitingMax">How many of those that are no sends wait behind the one that waits at the bucket.</param>
public sealed class RpcTurns(RateLimiter bucket, int waitingMax) : IDisposable
{
    /// <summary>Of all that is no send only one waits at the bucket, so that a send finds no more than that before it.</summary>
    private readonly ConcurrencyLimiter others = new(
        new ConcurrencyLimiterOptions
        {
            PermitLimit = 1,
            QueueLimit = waitingMax,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }
    );

    /// <returns>False at once where too many wait.</returns>
    internal async Task<bool> TryTakeAsync(bool isSend, CancellationToken cancellationToken)
    {
        using var place = isSend ? null : await others.AcquireAsync(1, cancellationToken).ConfigureAwait(false);
        if (place is { IsAcquired: false })
        {
            return false;
        }

        // Tokens are not given back: to dispose of the lease does nothing.
        using var turn = await bucket.AcquireAsync(1, cancellationToken).ConfigureAwait(false);
        return turn.IsAcquired;
    }

    public void Dispose()
    {
        others.Dispose();
        bucket.Dispose();
    }
}
