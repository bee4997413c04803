namespace Clones.Api.Operations;

internal static class Waiting
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks every 50 ms until it is so, at least once.</summary>
    /// <returns>Whether it came to be so in time.</returns>
    public static async Task<bool> UntilAsync(
        this TimeProvider time,
        Func<Task<bool>> isSo,
        TimeSpan limit,
        CancellationToken cancellationToken
    )
    {
        var start = time.GetTimestamp();
        while (!await isSo())
        {
            if (time.GetElapsedTime(start) >= limit)
            {
                return false;
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
        return true;
    }
}
