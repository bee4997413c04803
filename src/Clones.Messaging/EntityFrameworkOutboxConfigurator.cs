using Clones.Messaging.Outbox;
using MassTransit;

namespace Clones.Messaging;

/// <summary>Configures inbox and outbox of one DbContext.</summary>
public interface IEntityFrameworkOutboxConfigurator
{
    /// <inheritdoc cref="OutboxOptions.QueryDelay" />
    TimeSpan QueryDelay { set; }

    /// <inheritdoc cref="OutboxOptions.QueryMessageLimit" />
    int QueryMessageLimit { set; }

    /// <inheritdoc cref="OutboxOptions.InboxRetention" />
    TimeSpan DuplicateDetectionWindow { set; }

    /// <summary>Everything that can be set, with its default.</summary>
    OutboxOptions Options { get; }

    /// <summary>PostgreSQL is the only database served; said here so that the registration reads like the official package's.</summary>
    void UsePostgres();

    /// <summary>
    /// In scopes that consume nothing, <see cref="IPublishEndpoint"/> and <see cref="ISendEndpointProvider"/> write to the outbox with the
    /// scope's next SaveChanges. <see cref="IBus"/> itself still sends at once.
    /// </summary>
    void UseBusOutbox(Action<IBusOutboxConfigurator>? configure = null);

    /// <summary>This process never purges inbox marks; another one must.</summary>
    void DisableInboxCleanupService();
}

internal sealed class EntityFrameworkOutboxConfigurator : IEntityFrameworkOutboxConfigurator, IBusOutboxConfigurator
{
    public OutboxOptions Options { get; } = new();

    public bool BusOutbox { get; private set; }

    public bool Postgres { get; private set; }

    public TimeSpan QueryDelay
    {
        set => Options.QueryDelay = value;
    }

    public int QueryMessageLimit
    {
        set => Options.QueryMessageLimit = value;
    }

    public TimeSpan DuplicateDetectionWindow
    {
        set => Options.InboxRetention = value;
    }

    public void UsePostgres() => Postgres = true;

    public void UseBusOutbox(Action<IBusOutboxConfigurator>? configure = null)
    {
        BusOutbox = true;
        configure?.Invoke(this);
    }

    public void DisableInboxCleanupService() => Options.PurgeEnabled = false;

    public void DisableDeliveryService() => Options.DeliveryEnabled = false;
}
