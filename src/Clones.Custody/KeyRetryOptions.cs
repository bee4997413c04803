using Clones.Hosting;

namespace Clones.Custody;

/// <summary>How often a key is tried that does not open, from the section <c>KeyRetries</c> (e.g. <c>KeyRetries__Max=00:01:00</c>).</summary>
internal sealed class KeyRetryOptions
{
    /// <summary>After the first failure; doubles with each try.</summary>
    [Pace]
    public TimeSpan First { get; set; } = TimeSpan.FromSeconds(5);

    [Pace]
    public TimeSpan Max { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest wait while nobody answers who keeps the master key: no key is to blame, and it is mostly soon over.</summary>
    [Pace]
    public TimeSpan AwayMax { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A master key that is missing here is worth a row in the log of the keys after this time: while it is rolled out another replica has it
    /// already.
    /// </summary>
    [Pace]
    public TimeSpan MissingForMin { get; set; } = TimeSpan.FromMinutes(1);
}
