using System.Text.Json;
using System.Text.Json.Serialization;

namespace Clones.Api.Requests;

/// <summary>A field of a PATCH: left out, null, or a value; the three mean different things.</summary>
[JsonConverter(typeof(OptionalJsonConverterFactory))]
internal readonly record struct Optional<T>(T? Value)
{
    /// <summary>False in the default value, which is what a field that was left out is.</summary>
    public bool IsGiven { get; init; } = true;
}

internal sealed class OptionalJsonConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Optional<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    private sealed class Converter<T> : JsonConverter<Optional<T>>
    {
        public override bool HandleNull => true;

        public override Optional<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            try
            {
                return new Optional<T>(JsonSerializer.Deserialize<T>(ref reader, options));
            }
            catch (JsonException e)
            {
                // The inner reader knows the path from the field on; without one the outer reader adds its own, which names the field.
                throw new JsonException(e.Message, e.InnerException ?? e);
            }
        }

        public override void Write(Utf8JsonWriter writer, Optional<T> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.Value, options);
    }
}
