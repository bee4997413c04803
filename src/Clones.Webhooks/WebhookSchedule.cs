namespace Clones.Webhooks;

/// <summary>When a delivery that failed is tried again: soon at first, then ever later, until it is exhausted.</summary>
internal static class WebhookSchedule
{
    /// <summary>The most that an endpoint may ask for with Retry-After.</summary>
    public static readonly TimeSpan RetryAfterMax = TimeSpan.FromHours(12);

    /// <summary>The last one is repeated.</summary>
    public static readonly TimeSpan[] Steps =
    [
        TimeSpan.FromSeconds(5),
        TimeSpan.FromSeconds(30),
        TimeSpan.FromMinutes(2),
        TimeSpan.FromMinutes(10),
        TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(1),
        TimeSpan.FromHours(2),
        TimeSpan.FromHours(4),
        TimeSpan.FromHours(8),
    ];

    /// <param name="failedTries">Failed ones, the last one counted: 1 or more.</param>
    /// <param name="jitter">Moves a step by up to a tenth, so that what failed together does not come back together.</param>
    /// <param name="retryAfter">What the endpoint asked for; never makes it sooner.</param>
    /// <returns>Null where it is exhausted: the failed try was the last one.</returns>
    public static DateTimeOffset? Next(
        int failedTries,
        DateTimeOffset now,
        DateTimeOffset giveUpAt,
        double jitter,
        TimeSpan? retryAfter = null
    )
    {
        if (now >= giveUpAt)
        {
            return null;
        }
        var step = Steps[Math.Min(failedTries, Steps.Length) - 1] * (0.9 + 0.2 * jitter);
        if (retryAfter is { } asked)
        {
            var bounded = asked < RetryAfterMax ? asked : RetryAfterMax;
            step = bounded > step ? bounded : step;
        }
        // The last try is at the end of the time, not up to eight hours before it.
        return step < giveUpAt - now ? now + step : giveUpAt;
    }
}
