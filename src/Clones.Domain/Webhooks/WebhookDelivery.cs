namespace Clones.Domain.Webhooks;

/// <summary>One event for one endpoint. There is one row for both, however often the event's message is delivered.</summary>
public sealed class WebhookDelivery
{
    /// <summary>How long an event is tried, from its delivery's row on, or from a replay.</summary>
    public static TimeSpan TriedFor { get; } = TimeSpan.FromDays(3);

    public required Guid Id { get; init; }
    public required Guid EndpointId { get; init; }

    /// <summary>Id of the event's message on the broker; the header webhook-id is made of it.</summary>
    public required Guid EventId { get; init; }

    /// <summary>Of <see cref="WebhookEventType"/>.</summary>
    public required string EventType { get; init; }

    /// <summary>The JSON exactly as it is sent and signed, at every attempt.</summary>
    public required string Body { get; init; }

    /// <summary>Changed by statements, see <see cref="WebhookDeliveryTransitions"/>.</summary>
    public required WebhookDeliveryStatus Status { get; init; }

    /// <summary>Attempts that were begun, those of workers that died in them too.</summary>
    public int AttemptCount { get; set; }

    /// <summary>Failed attempts since it was made or replayed; the back-off follows from it.</summary>
    public int FailedTries { get; set; }

    /// <summary>Null once there is nothing more to do.</summary>
    public DateTimeOffset? NextAttemptAt { get; set; }

    /// <summary>The attempt that a worker makes now; another one takes the delivery over when <see cref="LeasedUntil"/> has passed.</summary>
    public Guid? LeaseId { get; set; }
    public DateTimeOffset? LeasedUntil { get; set; }

    /// <summary>The attempt that fails then or later is the last one.</summary>
    public required DateTimeOffset GiveUpAt { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? CompletedAt { get; set; }

    /// <summary>Why the last attempt failed; null where it did not.</summary>
    public string? LastFailure { get; set; }
}

public enum WebhookDeliveryStatus
{
    /// <summary>To be sent, now or after a back-off.</summary>
    Pending,

    /// <summary>The endpoint answered with a status of 200 to 299.</summary>
    Delivered,

    /// <summary>Abandoned: after three days, or because the endpoint said that it is gone.</summary>
    Exhausted,
}
