namespace Clones.Client;

/// <summary>The further tries of one call.</summary>
internal sealed class Retries(ClonesClientOptions options)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(8);

    private int made;

    /// <summary>After no answer: the API may have done it, so only what it will not do twice is sent again.</summary>
    public bool AreWorthIt(ClonesRequest request) => made < options.RetriesMax && request.MayBeRepeated;

    /// <summary>
    /// After a rejection. A call that was one too many (429) was not handled, so that any may be sent again; where something behind the API did not
    /// answer (503), the same holds as for no answer.
    /// </summary>
    public bool AreWorthIt(ClonesProblemException problem, ClonesRequest request) =>
        made < options.RetriesMax
        && (problem.Status == 429 || problem.Status == 503 && request.MayBeRepeated)
        && !(problem.RetryAfter > options.RetryAfterMax);

    /// <summary>As long as the API says; else twice as long each time, and a little more or less, so that many clients do not come back at once.</summary>
    public Task PauseAsync(TimeSpan? retryAfter, CancellationToken cancellationToken)
    {
        var growing = TimeSpan.FromTicks(Math.Min(PauseMax.Ticks, FirstPause.Ticks << Math.Min(made, 10)));
        made++;
        return Task.Delay(retryAfter ?? growing * (0.75 + Random.Shared.NextDouble() / 2), options.Time, cancellationToken);
    }
}
