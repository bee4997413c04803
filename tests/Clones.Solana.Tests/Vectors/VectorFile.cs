using System.Text.Json;

namespace Clones.Solana.Tests.Vectors;

/// <summary>What the public JavaScript clients make of the same input; written by tools/vectors.</summary>
internal static class VectorFile
{
    private static readonly JsonElement Root = Load();

    public static IReadOnlyList<Vector> Group(string name) => [.. Root.GetProperty(name).EnumerateArray().Select(json => new Vector(json))];

    public static int CountAll() =>
        Root.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Array).Sum(p => p.Value.GetArrayLength());

    private static JsonElement Load()
    {
        using var stream = typeof(VectorFile).Assembly.GetManifestResourceStream("vectors.json")!;
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}
