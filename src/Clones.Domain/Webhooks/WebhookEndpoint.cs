namespace Clones.Domain.Webhooks;

/// <summary>Where events of an owner are sent: what happens to their pools, agents and payments.</summary>
public sealed class WebhookEndpoint
{
    public required Guid Id { get; init; }

    /// <summary>Wallet address of the owner, base58.</summary>
    public required string OwnerAddress { get; init; }

    /// <summary>As <see cref="WebhookUrl"/> lets it through.</summary>
    public required string Url { get; set; }
    public string? Description { get; set; }

    /// <summary>Of <see cref="WebhookEventType"/>; empty is all of them, those of later versions too.</summary>
    public required List<string> EventTypes { get; set; }
    public required bool IsEnabled { get; set; }

    /// <summary>Why the workers disabled it; null where its owner did, or nobody.</summary>
    public string? DisabledReason { get; set; }

    /// <summary>From 1 on, one more with each rotation; the secret follows from it, see <see cref="WebhookSecrets"/>.</summary>
    public required int SecretGeneration { get; set; }

    /// <summary>Until then the secret of the generation before signs too; null where there is none.</summary>
    public DateTimeOffset? PreviousSecretUntil { get; set; }

    /// <summary>Attempts since the last one that succeeded. One that fails gets less of the workers, so that it holds up nobody else.</summary>
    public int ConsecutiveFailures { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Nothing is sent any more; the sweep takes its deliveries away, then it.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    /// <summary>The ETag of the API. Not the row's own version: the workers count failures in it all the time.</summary>
    public required int Version { get; set; }
}
