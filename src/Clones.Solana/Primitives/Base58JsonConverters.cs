using System.Text.Json;
using System.Text.Json.Serialization;

namespace Clones.Solana.Primitives;

internal sealed class PublicKeyJsonConverter : JsonConverter<PublicKey>
{
    public override PublicKey Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && PublicKey.TryParse(reader.GetString(), out var key)
            ? key
            : throw new JsonException("Expected a base58 address of 32 bytes.");

    public override void Write(Utf8JsonWriter writer, PublicKey value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

internal sealed class SignatureJsonConverter : JsonConverter<Signature>
{
    public override Signature Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Signature.TryParse(reader.GetString(), out var signature)
            ? signature
            : throw new JsonException("Expected a base58 signature of 64 bytes.");

    public override void Write(Utf8JsonWriter writer, Signature value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

internal sealed class BlockhashJsonConverter : JsonConverter<Blockhash>
{
    public override Blockhash Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Blockhash.TryParse(reader.GetString(), out var hash)
            ? hash
            : throw new JsonException("Expected a base58 hash of 32 bytes.");

    public override void Write(Utf8JsonWriter writer, Blockhash value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
