namespace Clones.Persistence.Webhooks;

/// <summary>A delivery that this worker has taken, with what it needs of its endpoint.</summary>
/// <param name="Number">Of the attempt: 1, 2, ..</param>
/// <param name="IsFailing">Whether the endpoint's last attempt failed, or took long.</param>
public sealed record DueWebhook(
    Guid Id,
    Guid EndpointId,
    Guid EventId,
    string EventType,
    string Body,
    int Number,
    int FailedTries,
    DateTimeOffset GiveUpAt,
    Guid LeaseId,
    string Url,
    int SecretGeneration,
    DateTimeOffset? PreviousSecretUntil,
    bool IsFailing
);
