using Clones.Api.Requests;
using Clones.Domain.Webhooks;
using Clones.Hosting;

namespace Clones.Api.Webhooks;

internal readonly record struct WebhookDescription(string Value) : IField<WebhookDescription, string>
{
    public static Parsed<WebhookDescription> Parse(string raw) =>
        PlainText.Reject(raw, 1, 200) is { } rejection ? rejection : new WebhookDescription(raw);
}

/// <summary>Some of <see cref="WebhookEventType.All"/>, none twice; empty is all of them.</summary>
internal readonly record struct WebhookEventTypes
{
    private WebhookEventTypes(List<string> values) => Values = values;

    public List<string> Values { get; }

    public static Parsed<WebhookEventTypes> Parse(IReadOnlyList<string>? raw)
    {
        if (raw?.Any(type => !WebhookEventType.All.Contains(type)) == true)
        {
            return new Rejection($"must be some of {string.Join(", ", WebhookEventType.All)}");
        }

        return raw is not null && raw.Distinct(StringComparer.Ordinal).Count() != raw.Count
            ? new Rejection("must not contain one twice")
            : new WebhookEventTypes([.. raw ?? []]);
    }
}

internal static class WebhookFields
{
    /// <summary>The rule of a URL depends on the settings, so it is no <see cref="IField{TSelf,TRaw}"/>.</summary>
    public static string WebhookAddress(this Fields fields, string? raw, WebhookSettings settings) =>
        raw is null ? fields.Reject<string>("url", "must not be null")
        : WebhookUrl.Reject(raw, settings.AllowsLoopback) is { } reason ? fields.Reject<string>("url", reason)
        : raw;
}
