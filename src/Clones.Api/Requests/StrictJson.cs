using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Clones.Api.Requests;

internal static class StrictJson
{
    /// <summary>Deepest nesting that is read; no request needs more than three levels.</summary>
    private const int DepthMax = 32;

    /// <summary>What a reader might take for something else is rejected: unknown and doubled fields, wrong case, null where none is meant.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.AllowDuplicateProperties = false;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.PropertyNameCaseInsensitive = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.MaxDepth = DepthMax;
        options.TypeInfoResolver ??= new DefaultJsonTypeInfoResolver();
    }
}
