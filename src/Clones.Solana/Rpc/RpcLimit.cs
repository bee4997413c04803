using System.Threading.RateLimiting;

namespace Clones.Solana.Rpc;

/// <summary>What a node is asked at most: a bucket of tokens, one for each request on the wire, whatever it asks and however often.</summary>
/// <param name="RequestsPerSecond">How fast the bucket fills.</param>
/// <param name="Burst">What it holds, and begins with.</param>
public sealed record RpcLimit(int RequestsPerSecond, int Burst)
{
    private const int FillsPerSecond = 10;

    /// <summary>
    /// Requests wait in order, sends before the others. As many may as <see cref="SolanaRpcClient.QuickTimeoutMax"/> lets through: most of those
    /// behind them would get no turn in time.
    /// </summary>
    internal RpcTurns Begin()
    {
        var waitingMax = RequestsPerSecond * (int)SolanaRpcClient.QuickTimeoutMax.TotalSeconds;
        // Never more than the bucket holds at once, and in whole milliseconds, as the timer counts, rounded so that no second has more.
        var tokens = Math.Min(Burst, (RequestsPerSecond + FillsPerSecond - 1) / FillsPerSecond);
        var bucket = new TokenBucketRateLimiter(
            new TokenBucketRateLimiterOptions
            {
                TokenLimit = Burst,
                TokensPerPeriod = tokens,
                ReplenishmentPeriod = TimeSpan.FromMilliseconds(Math.Ceiling(1_000.0 * tokens / RequestsPerSecond)),
                QueueLimit = waitingMax,
                QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            }
        );
        return new RpcTurns(bucket, waitingMax);
    }
}
