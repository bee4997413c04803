using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;

namespace Clones.Api.Documentation;

/// <summary>What schemas are called. Two types of one name would silently become one schema: the second one is rejected.</summary>
internal sealed class SchemaNames
{
    private readonly ConcurrentDictionary<string, Type> taken = new(StringComparer.Ordinal);

    /// <returns>Null for what is written where it is used: a field of a PATCH, and JSON of any shape.</returns>
    public string? Of(JsonTypeInfo json)
    {
        var type = Nullable.GetUnderlyingType(json.Type) ?? json.Type;
        if (OptionalSchema.Is(type) || type == typeof(JsonElement) || type == typeof(JsonObject))
        {
            return null;
        }

        var name = OpenApiOptions.CreateDefaultSchemaReferenceId(json);
        if (name is not null && taken.GetOrAdd(name, type) != type)
        {
            throw new InvalidOperationException($"{type} and {taken[name]} would both be the schema {name}: rename one of them.");
        }

        return name;
    }
}
