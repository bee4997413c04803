namespace Clones.Domain.Webhooks;

/// <summary>One request to an endpoint. A number that is missing belongs to a worker that died while it sent.</summary>
public sealed class WebhookAttempt
{
    public const int AnswerBytesMax = 1024;

    public required Guid DeliveryId { get; init; }

    /// <summary>1, 2, ..; replays go on counting.</summary>
    public required int Number { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required int DurationMilliseconds { get; init; }

    /// <summary>Of HTTP; null where there was no answer.</summary>
    public int? StatusCode { get; init; }

    /// <summary>What went wrong; null where nothing did.</summary>
    public string? Failure { get; init; }

    /// <summary>The beginning of the answer's body, at most <see cref="AnswerBytesMax"/> bytes of it, without control characters.</summary>
    public string? Answer { get; init; }
}
