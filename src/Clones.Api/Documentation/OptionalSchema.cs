using System.Reflection;
using Clones.Api.Requests;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Clones.Api.Documentation;

/// <summary>A field that may be left out looks like the value that it holds.</summary>
internal static class OptionalSchema
{
    public static async Task UnwrapAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        if (!Is(type))
        {
            return;
        }

        var inner = await context.GetOrCreateSchemaAsync(type.GetGenericArguments()[0], null, cancellationToken);
        schema.Type = MayBeNull(context) ? inner.Type | JsonSchemaType.Null : inner.Type;
        schema.Items = inner.Items;
        schema.Format = inner.Format;
        schema.AdditionalProperties = inner.AdditionalProperties;
        schema.Properties = null;
        schema.Required = null;
    }

    public static bool Is(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Optional<>);

    private static bool MayBeNull(OpenApiSchemaTransformerContext context) =>
        context.JsonPropertyInfo?.AttributeProvider is PropertyInfo property
        && new NullabilityInfoContext().Create(property).GenericTypeArguments[0].ReadState == NullabilityState.Nullable;
}
