using System.Text.Json;
using MassTransit.Serialization;

namespace Clones.Messaging.Outbox;

/// <summary>Headers and transport properties on their way into and out of a JSON column.</summary>
internal static class StoredHeaders
{
    private static readonly JsonSerializerOptions Compact = new(SystemTextJsonMessageSerializer.Options) { WriteIndented = false };

    public static string? Write(IEnumerable<KeyValuePair<string, object>> entries)
    {
        Dictionary<string, object>? values = null;
        foreach (var (key, value) in entries)
        {
            if (value is not null)
            {
                (values ??= new(StringComparer.OrdinalIgnoreCase))[key] = value;
            }
        }

        return values is null ? null : JsonSerializer.Serialize(values, Compact);
    }

    public static Dictionary<string, object> Read(string? json)
    {
        var values = new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);
        if (json is null)
        {
            return values;
        }

        using var document = JsonDocument.Parse(json);
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (Plain(property.Value) is { } value)
            {
                values[property.Name] = value;
            }
        }

        return values;
    }

    // A nested value stays JSON text: no transport of ours carries anything deeper than text and numbers.
    private static object? Plain(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.String => element.GetString(),
            JsonValueKind.Number when element.TryGetInt64(out var whole) => whole,
            JsonValueKind.Number => element.GetDouble(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Null or JsonValueKind.Undefined => null,
            _ => element.GetRawText(),
        };
}
