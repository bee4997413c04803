using static Clones.Domain.Webhooks.WebhookDeliveryStatus;

namespace Clones.Domain.Webhooks;

public static class WebhookDeliveryTransitions
{
    public static TransitionTable<WebhookDeliveryStatus> Table { get; } =
        new(
            "webhook delivery",
            new(null, Pending, "the event happened"),
            new(Pending, Delivered, "the endpoint took it"),
            new(Pending, Exhausted, "tried for three days, or the endpoint is gone"),
            new(Delivered, Pending, "replayed"),
            new(Exhausted, Pending, "replayed")
        );
}
