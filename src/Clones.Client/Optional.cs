using System.Text.Json;
using System.Text.Json.Serialization;

namespace Clones.Client;

/// <summary>
/// A field of a change: left out (it stays as it is), null, or a value; the three mean different things. A value of <typeparamref name="T"/> becomes one
/// by itself: <c>new ChangePoolRequest { UploadLimit = null }</c> lifts the limit.
/// </summary>
[JsonConverter(typeof(OptionalJsonConverterFactory))]
public readonly record struct Optional<T>
{
    public Optional(T value) => (Value, IsGiven) = (value, true);

    public T? Value { get; }

    /// <summary>False in the default value, which is a field that is left out.</summary>
    public bool IsGiven { get; }

    public static implicit operator Optional<T>(T value) => new(value);
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

        public override Optional<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(JsonSerializer.Deserialize<T>(ref reader, options)!);

        public override void Write(Utf8JsonWriter writer, Optional<T> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.Value, options);
    }
}
