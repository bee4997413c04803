using Clones.Api.Auth;
using Clones.Api.Requests;
using Clones.Domain;
using Clones.Domain.Webhooks;

namespace Clones.Api.Webhooks;

/// <param name="Url">https, up to 500 characters.</param>
/// <param name="EventTypes">Only these; left out, null or empty: all, those of later versions too.</param>
/// <param name="Enabled">Left out: true.</param>
internal sealed record CreateWebhookRequest(
    string Url,
    string? Description = null,
    IReadOnlyList<string>? EventTypes = null,
    bool? Enabled = null
);

/// <summary>What is left out stays as it is.</summary>
internal sealed record ChangeWebhookRequest
{
    public Optional<string> Url { get; init; }

    /// <summary>null takes it away.</summary>
    public Optional<string?> Description { get; init; }

    /// <summary>null or empty: all.</summary>
    public Optional<IReadOnlyList<string>?> EventTypes { get; init; }
    public Optional<bool?> Enabled { get; init; }
}

/// <param name="EventTypes">Empty: all.</param>
/// <param name="DisabledReason">Why the workers disabled it (410 Gone); null where its owner did, or nobody.</param>
/// <param name="ConsecutiveFailures">Attempts since the last one that succeeded.</param>
/// <param name="PreviousSecretUntil">Until then the secret before the last rotation signs beside the new one.</param>
/// <param name="Secret">Shown once, by the answer that made it; null everywhere else.</param>
internal sealed record WebhookView(
    Guid Id,
    string Owner,
    string Url,
    string? Description,
    IReadOnlyList<string> EventTypes,
    bool Enabled,
    string? DisabledReason,
    int ConsecutiveFailures,
    DateTimeOffset? PreviousSecretUntil,
    string? Secret,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
)
{
    /// <summary>The path and the query of a URL may hold a secret of its owner's, so nobody else is shown them.</summary>
    public static WebhookView For(Caller caller, WebhookEndpoint endpoint, DateTimeOffset now)
    {
        var view = Of(endpoint, now);
        var url = new Uri(endpoint.Url);
        return caller.Owns(endpoint.OwnerAddress) ? view : view with { Url = $"{url.Scheme}://{url.Host}" };
    }

    /// <summary>For the owner's eyes alone.</summary>
    public static WebhookView Of(WebhookEndpoint endpoint, DateTimeOffset now, string? secret = null) =>
        new(
            endpoint.Id,
            endpoint.OwnerAddress,
            endpoint.Url,
            endpoint.Description,
            endpoint.EventTypes,
            endpoint.IsEnabled,
            endpoint.DisabledReason,
            endpoint.ConsecutiveFailures,
            endpoint.PreviousSecretUntil > now ? endpoint.PreviousSecretUntil : null,
            secret,
            endpoint.CreatedAt,
            endpoint.UpdatedAt
        );
}

/// <param name="WebhookId">The header webhook-id of its requests; the same for every endpoint that gets the event.</param>
/// <param name="Attempts">Made so far.</param>
/// <param name="NextAttemptAt">Null once there is nothing more to do.</param>
/// <param name="GiveUpAt">The attempt that fails then or later is the last one.</param>
internal sealed record WebhookDeliveryView(
    Guid Id,
    string WebhookId,
    string EventType,
    string Status,
    int Attempts,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset GiveUpAt,
    string? LastFailure,
    DateTimeOffset CreatedAt,
    DateTimeOffset? CompletedAt
)
{
    public static WebhookDeliveryView Of(WebhookDelivery delivery) =>
        new(
            delivery.Id,
            WebhookMessageId.Of(delivery.EventId),
            delivery.EventType,
            UpperSnakeCase.From(delivery.Status),
            delivery.AttemptCount,
            delivery.NextAttemptAt,
            delivery.GiveUpAt,
            delivery.LastFailure,
            delivery.CreatedAt,
            delivery.CompletedAt
        );
}

/// <param name="Body">Exactly as it is sent and signed.</param>
/// <param name="Attempts">Oldest first.</param>
internal sealed record WebhookDeliveryDetail(WebhookDeliveryView Delivery, string Body, IReadOnlyList<WebhookAttemptView> Attempts);

/// <param name="StatusCode">Of HTTP; null where there was no answer.</param>
/// <param name="Failure">What went wrong; null where nothing did.</param>
/// <param name="Answer">The beginning of the answer's body, at most 1 KiB, without control characters.</param>
internal sealed record WebhookAttemptView(
    int Number,
    DateTimeOffset StartedAt,
    int DurationMilliseconds,
    int? StatusCode,
    string? Failure,
    string? Answer
)
{
    /// <param name="showsAnswer">To the owner of the endpoint alone: what their server says is nobody else's business.</param>
    public static WebhookAttemptView Of(WebhookAttempt attempt, bool showsAnswer) =>
        new(
            attempt.Number,
            attempt.StartedAt,
            attempt.DurationMilliseconds,
            attempt.StatusCode,
            attempt.Failure,
            showsAnswer ? attempt.Answer : null
        );
}
