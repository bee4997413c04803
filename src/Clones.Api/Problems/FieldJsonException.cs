using System.Text.Json;

namespace Clones.Api.Problems;

/// <summary>Thrown by our own converters: <see cref="Reason"/> follows the name of the field in the answer.</summary>
internal sealed class FieldJsonException(string reason) : JsonException(reason)
{
    public string Reason { get; } = reason;
}
