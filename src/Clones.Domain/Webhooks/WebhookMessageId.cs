namespace Clones.Domain.Webhooks;

/// <summary>The header webhook-id: what a receiver knows an event by, however often it comes.</summary>
public static class WebhookMessageId
{
    public static string Of(Guid eventId) => $"msg_{eventId:N}";
}
