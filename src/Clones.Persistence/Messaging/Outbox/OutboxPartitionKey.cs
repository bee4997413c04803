using MassTransit;

namespace Clones.Persistence.Messaging;

/// <summary>
/// The key under which messages keep their order on the way to the broker. Messages of a saga instance have the saga's id as their key
/// without asking; others have none unless it is set: <c>publish.Publish(message, c => c.SetOutboxKey(wallet))</c>.
/// </summary>
public static class OutboxPartitionKeyExtensions
{
    /// <param name="context">The message being published or sent through the outbox.</param>
    /// <param name="key">At most 200 characters. Keys are compared as they are.</param>
    public static void SetOutboxKey(this SendContext context, string key)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, 200, nameof(key));
        context.AddOrUpdatePayload(() => new OutboxPartitionKey(key), _ => new OutboxPartitionKey(key));
    }
}

internal sealed record OutboxPartitionKey(string Value)
{
    public static string? Of(SendContext context) => context.TryGetPayload(out OutboxPartitionKey? key) ? key.Value : null;
}
