using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Clones.Domain.Webhooks;

/// <summary>What is sent: the specification's three members, <c>type</c>, <c>timestamp</c> (when it happened) and <c>data</c>.</summary>
public static class WebhookBody
{
    /// <summary>It is never part of a page, so "+" and letters beyond ASCII need no escape.</summary>
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="type">Of <see cref="WebhookEventType"/>.</param>
    /// <param name="data">The event as on the broker.</param>
    public static string Of(string type, DateTimeOffset occurredAt, JsonNode data) =>
        new JsonObject
        {
            ["type"] = type,
            ["timestamp"] = occurredAt,
            ["data"] = data,
        }.ToJsonString(Json);
}
