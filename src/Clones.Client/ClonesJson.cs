using System.Text.Json;

namespace Clones.Client;

internal static class ClonesJson
{
    /// <summary>Members that the API learns later are read over; one that is missing is an answer that cannot be trusted.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web) { AllowDuplicateProperties = false };
}
