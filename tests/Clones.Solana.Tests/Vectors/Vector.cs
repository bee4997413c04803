using System.Globalization;
using System.Text.Json;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Solana.Tests.Vectors;

/// <summary>One entry of the vector file, read by the names of its members.</summary>
internal sealed record Vector(JsonElement Json)
{
    public Vector this[string name] => new(Json.GetProperty(name));

    public IReadOnlyList<Vector> Items => [.. Json.EnumerateArray().Select(item => new Vector(item))];

    public bool IsNull => Json.ValueKind == JsonValueKind.Null;

    public string Text(string name) => Json.GetProperty(name).GetString()!;

    public string AsText() => Json.GetString()!;

    public PublicKey AsKey() => PublicKey.Parse(AsText());

    public byte[] AsHex() => Convert.FromHexString(AsText());

    public bool Flag(string name) => Json.GetProperty(name).GetBoolean();

    public PublicKey Key(string name) => PublicKey.Parse(Text(name));

    public PublicKey? KeyOrNull(string name) => this[name].IsNull ? null : Key(name);

    public byte[] Hex(string name) => this[name].AsHex();

    public byte[] Base64(string name) => Json.GetProperty(name).GetBytesFromBase64();

    /// <summary>Big integers are texts in the file, small ones numbers.</summary>
    public ulong UInt64(string name) =>
        Json.GetProperty(name) is { ValueKind: JsonValueKind.String } text
            ? ulong.Parse(text.GetString()!, CultureInfo.InvariantCulture)
            : Json.GetProperty(name).GetUInt64();

    public ulong? UInt64OrNull(string name) => this[name].IsNull ? null : UInt64(name);

    public uint UInt32(string name) => Json.GetProperty(name).GetUInt32();

    public int Int32(string name) => Json.GetProperty(name).GetInt32();

    public byte Byte(string name) => Json.GetProperty(name).GetByte();

    public Instruction AsInstruction() =>
        new(
            Key("programId"),
            [.. this["accounts"].Items.Select(a => new AccountMeta(a.Items[0].AsKey(), a.Json[1].GetBoolean(), a.Json[2].GetBoolean()))],
            Hex("data")
        );

    public override string ToString() => Json.GetRawText();
}
