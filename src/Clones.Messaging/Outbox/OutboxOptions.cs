namespace Clones.Messaging.Outbox;

/// <summary>Settings of the outbox and inbox of one DbContext. The defaults suit production.</summary>
public sealed class OutboxOptions
{
    /// <summary>How often the sweeper claims rows that nobody delivered. 1 s by default.</summary>
    public TimeSpan QueryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Rows that one sweep claims at most. 100 by default.</summary>
    public int QueryMessageLimit { get; set; } = 100;

    /// <summary>How long the broker may take to confirm one message. 10 s by default; must stay below the lease of 30 s.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Messages of this process on their way to the broker at most; what is committed beyond it is left to the sweeper.</summary>
    public int DeliveryLimit { get; set; } = 2000;

    /// <summary>Failed sends after which a message no longer holds up the ones behind it under the same key. It is still retried.</summary>
    public int BlockingAttempts { get; set; } = 10;

    /// <summary>
    /// How long inbox marks are kept, 30 days by default, at least one hour. A message whose id is older than this and whose mark is
    /// gone is rejected, never handled a second time.
    /// </summary>
    public TimeSpan InboxRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How often old marks are purged, and how long the purge waits after moving the watermark. 10 minutes by default.</summary>
    public TimeSpan InboxPurgeInterval { get; set; } = TimeSpan.FromMinutes(10);

    internal bool DeliveryEnabled { get; set; } = true;

    internal bool PurgeEnabled { get; set; } = true;

    /// <exception cref="InvalidOperationException">A value is out of its range.</exception>
    internal void Validate()
    {
        Require(QueryDelay > TimeSpan.Zero, $"{nameof(QueryDelay)} must be positive");
        Require(QueryMessageLimit is > 0 and <= 10_000, $"{nameof(QueryMessageLimit)} must be from 1 to 10,000");
        Require(SendTimeout > TimeSpan.Zero && SendTimeout <= TimeSpan.FromSeconds(15), $"{nameof(SendTimeout)} must be at most 15 s");
        Require(DeliveryLimit > 0, $"{nameof(DeliveryLimit)} must be positive");
        Require(BlockingAttempts > 0, $"{nameof(BlockingAttempts)} must be positive");
        Require(InboxRetention >= TimeSpan.FromHours(1), $"{nameof(InboxRetention)} must be at least one hour");
        Require(InboxPurgeInterval >= TimeSpan.FromMinutes(1), $"{nameof(InboxPurgeInterval)} must be at least one minute");
    }

    /// <summary>First 2 s, doubled with every failure up to 5 minutes.</summary>
    internal static TimeSpan BackOff(int attempts) => TimeSpan.FromSeconds(Math.Min(Math.Pow(2, Math.Clamp(attempts, 1, 9)), 300));

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"Outbox: {message}.");
        }
    }
}

/// <summary>The settings of one DbContext, for the container.</summary>
internal sealed record OutboxOptionsOf<TDbContext>(OutboxOptions Value);
