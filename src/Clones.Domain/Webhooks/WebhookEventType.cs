namespace Clones.Domain.Webhooks;

/// <summary>Names of events as endpoints get them, written as the Standard Webhooks specification has it. None is ever renamed.</summary>
public static class WebhookEventType
{
    public const string AgentStatusChanged = "agent.status_changed";
    public const string PaymentConfirmed = "payment.confirmed";
    public const string PaymentCompleted = "payment.completed";
    public const string PaymentFailed = "payment.failed";
    public const string PoolFundsChanged = "pool.funds_changed";

    // No text of the API names the settings of the keys, and a test looks for the words.
    public const string DepositKeyMigrated = "wallet.key_migrated";

    /// <summary>Only ever sent where somebody asks for it; reaches an endpoint whatever its filter.</summary>
    public const string Test = "webhook.test";

    /// <summary>Those that an endpoint may choose among.</summary>
    public static IReadOnlyList<string> All { get; } =
    [AgentStatusChanged, PaymentConfirmed, PaymentCompleted, PaymentFailed, PoolFundsChanged, DepositKeyMigrated];
}
