namespace Clones.Client;

/// <summary>Where the API is, as whom to call it, and how patiently.</summary>
public sealed class ClonesClientOptions
{
    /// <summary>Of the API, for example <c>http://127.0.0.1:18080</c>; the ways of the document (<c>/v1/..</c>) go behind it.</summary>
    public required Uri BaseAddress { get; init; }

    public ClonesCredentials Credentials { get; init; } = ClonesCredentials.None;

    /// <summary>How often a call is sent again after its first try, where that cannot do it twice. 4 where it is not set, 0 for never.</summary>
    public int RetriesMax { get; init; } = 4;

    /// <summary>A longer Retry-After is not waited for: the problem is thrown, and says how long.</summary>
    public TimeSpan RetryAfterMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Of one try, until its answer has been read; what a call asks the API to wait comes on top.</summary>
    public TimeSpan TryTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A stream of events that is silent for so long is opened anew; the API says something every 15 s.</summary>
    public TimeSpan SilenceMax { get; init; } = TimeSpan.FromSeconds(45);

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
