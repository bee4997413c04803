namespace Clones.Domain.Transactions;

/// <summary>
/// A message that asks for the next step of something: it may have been lost, or its handling may have failed. Whoever publishes one puts the
/// next look off in the same commit, and the more the longer nothing has come of it. So whatever is down, and for how long, no backlog of
/// duplicates forms; and where the message was lost (a broker that lost its disk), the next one is late and still comes.
/// </summary>
public static class WakeUp
{
    /// <summary>Who holds the lease of a transaction whose message is in a queue.</summary>
    public const string Owner = "wake-up";

    /// <summary>How long the first message has before another is sent.</summary>
    public static readonly TimeSpan First = TimeSpan.FromSeconds(60);

    /// <summary>The longest time between two messages for the same thing.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromMinutes(15);

    /// <summary>Doublings before <see cref="Max"/> is reached whatever the first step is.</summary>
    public const int DoublingsMax = 16;
}
