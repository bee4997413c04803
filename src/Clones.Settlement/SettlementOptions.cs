using Clones.Domain.Transactions;
using Clones.Hosting;

namespace Clones.Settlement;

/// <summary>Paces of settlement, from the section <c>Settlement</c> (e.g. <c>Settlement__CheckEvery=00:00:01</c>). None of them decides anything.</summary>
public sealed class SettlementOptions
{
    /// <summary>How often the statuses of everything in flight are read, in one batch.</summary>
    public TimeSpan CheckEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often bytes that no node has seen are sent again.</summary>
    public TimeSpan RebroadcastEvery { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a transaction without an expiry proof is looked at again.</summary>
    public TimeSpan UnresolvedEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>When a transaction that could not be prepared is prepared again, at first; the wait doubles with each try.</summary>
    public TimeSpan PrepareAgainAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest such wait where the chain does not answer or signing is fenced: for all alike, and mostly soon over.</summary>
    public TimeSpan PrepareAgainMax { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The same where the wallet's key does not open: until somebody has put it right.</summary>
    public TimeSpan KeyWaitMax { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a message that wakes a transaction has before it counts as lost; doubles while nothing comes of it.</summary>
    public TimeSpan WakeUpLease { get; set; } = WakeUp.First;

    /// <summary>So many of them may be in the queue at once. The first message of each transaction is not among them.</summary>
    public int WakeUpsMax { get; set; } = 512;

    /// <summary>How long a worker keeps a transaction to itself; after that any other takes over.</summary>
    public TimeSpan LeaseFor { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Statuses asked for in one request; nodes take at most 256.</summary>
    public int BatchMax { get; set; } = 256;

    /// <summary>Simulations before signing that must fail in a row before the payment is given up.</summary>
    public int PreparationFailuresMax { get; set; } = 3;

    public static SettlementOptions Load(IConfiguration configuration)
    {
        var options = configuration.GetSection("Settlement").Get<SettlementOptions>() ?? new SettlementOptions();
        if (options.BatchMax is < 1 or > 256)
        {
            throw new ConfigurationMissingException("Set Settlement__BatchMax to 1..256, or leave it out for 256.");
        }
        if (options.WakeUpsMax < 1)
        {
            throw new ConfigurationMissingException("Set Settlement__WakeUpsMax to 1 or more, or leave it out for 512.");
        }
        foreach (
            var pace in (TimeSpan[])
                [
                    options.CheckEvery,
                    options.RebroadcastEvery,
                    options.UnresolvedEvery,
                    options.PrepareAgainAfter,
                    options.PrepareAgainMax,
                    options.KeyWaitMax,
                    options.WakeUpLease,
                    options.LeaseFor,
                ]
        )
        {
            if (pace < TimeSpan.FromMilliseconds(10) || pace > TimeSpan.FromHours(1))
            {
                throw new ConfigurationMissingException(
                    "The times in the section Settlement must lie between 10 ms and 1 h, e.g. Settlement__CheckEvery=00:00:01."
                );
            }
        }
        return options;
    }
}
