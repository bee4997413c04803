using Clones.Domain.Transactions;
using Clones.Hosting;

namespace Clones.Settlement;

/// <summary>Paces of settlement, from the section <c>Settlement</c> (e.g. <c>Settlement__CheckEvery=00:00:01</c>). None of them decides anything.</summary>
public sealed class SettlementOptions
{
    /// <summary>How often the statuses of everything in flight are read, in one batch.</summary>
    [Pace]
    public TimeSpan CheckEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often bytes that no node has seen are sent again.</summary>
    [Pace]
    public TimeSpan RebroadcastEvery { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a transaction without an expiry proof is looked at again.</summary>
    [Pace]
    public TimeSpan UnresolvedEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>When a transaction that could not be prepared is prepared again, at first; the wait doubles with each try.</summary>
    [Pace]
    public TimeSpan PrepareAgainAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest such wait where the chain does not answer or signing is fenced: for all alike, and mostly soon over.</summary>
    [Pace]
    public TimeSpan PrepareAgainMax { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The same where the wallet's key does not open: until somebody has put it right.</summary>
    [Pace]
    public TimeSpan KeyWaitMax { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a message that wakes a transaction has before it counts as lost; doubles while nothing comes of it.</summary>
    [Pace]
    public TimeSpan WakeUpLease { get; set; } = WakeUp.First;

    /// <summary>So many of them may be in the queue at once. The first message of each transaction is not among them.</summary>
    [Count]
    public int WakeUpsMax { get; set; } = 512;

    /// <summary>How long a worker keeps a transaction to itself; after that any other takes over.</summary>
    [Pace]
    public TimeSpan LeaseFor { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Statuses asked for in one request; nodes take at most 256.</summary>
    [Count(256)]
    public int BatchMax { get; set; } = 256;

    /// <summary>Simulations before signing that must fail in a row before the payment fails.</summary>
    [Count]
    public int PreparationFailuresMax { get; set; } = 3;
}
