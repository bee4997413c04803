using System.Globalization;
using System.Text.Json;
using Clones.Solana.Primitives;

namespace Clones.Solana.Rpc;

/// <summary>Reads results. Integers are read as integers (never as doubles); a shape that does not fit throws.</summary>
internal static class RpcReaders
{
    public static ulong UInt64(JsonElement json) => json.GetUInt64();

    public static string Text(JsonElement json) => json.GetString() ?? throw new FormatException("A text is null.");

    public static PublicKey Key(JsonElement json) => PublicKey.Parse(Text(json));

    public static Signature Signature(JsonElement json) => Primitives.Signature.Parse(Text(json));

    public static Blockhash Hash(JsonElement json) => Blockhash.Parse(Text(json));

    public static RpcValue<T> WithSlot<T>(JsonElement json, Func<JsonElement, T> readValue) =>
        new(json.GetProperty("context").GetProperty("slot").GetUInt64(), readValue(json.GetProperty("value")));

    public static IReadOnlyList<T> List<T>(JsonElement json, Func<JsonElement, T> readItem) => [.. json.EnumerateArray().Select(readItem)];

    public static T? NullOr<T>(JsonElement json, Func<JsonElement, T> read)
        where T : class => json.ValueKind == JsonValueKind.Null ? null : read(json);

    public static LatestBlockhash LatestBlockhash(JsonElement json)
    {
        var (slot, value) = WithSlot(json, v => v);
        return new LatestBlockhash(slot, Hash(value.GetProperty("blockhash")), value.GetProperty("lastValidBlockHeight").GetUInt64());
    }

    public static EpochInfo EpochInfo(JsonElement json) =>
        new(
            json.GetProperty("absoluteSlot").GetUInt64(),
            json.GetProperty("blockHeight").GetUInt64(),
            json.GetProperty("epoch").GetUInt64(),
            json.GetProperty("slotIndex").GetUInt64(),
            json.GetProperty("slotsInEpoch").GetUInt64()
        );

    public static TransactionStatus Status(JsonElement json) =>
        new(
            json.GetProperty("slot").GetUInt64(),
            OptionalUInt64(json, "confirmations"),
                // Old nodes left the name out; a missing count of confirmations then meant rooted.
                OptionalText(json, "confirmationStatus") is { } name
                    ? CommitmentNames.Parse(name)
                : OptionalUInt64(json, "confirmations") is null ? Commitment.Finalized
                : Commitment.Processed,
            TransactionErr.Normalize(json.GetProperty("err"))
        );

    public static SignatureInfo SignatureInfo(JsonElement json) =>
        new(
            Signature(json.GetProperty("signature")),
            json.GetProperty("slot").GetUInt64(),
            TransactionErr.Normalize(json.GetProperty("err")),
            OptionalText(json, "memo"),
            OptionalInt64(json, "blockTime"),
            OptionalText(json, "confirmationStatus") is { } name ? CommitmentNames.Parse(name) : null
        );

    public static SimulationResult Simulation(JsonElement json) =>
        new(TransactionErr.Normalize(json.GetProperty("err")), Logs(json, "logs") ?? [], OptionalUInt64(json, "unitsConsumed"));

    public static AccountInfo Account(JsonElement json) =>
        new(
            json.GetProperty("lamports").GetUInt64(),
            Key(json.GetProperty("owner")),
            Base64(json.GetProperty("data")),
            json.GetProperty("executable").GetBoolean()
        );

    public static OwnedTokenAccount OwnedTokenAccount(JsonElement json) =>
        new(Key(json.GetProperty("pubkey")), Account(json.GetProperty("account")));

    public static TokenAmount TokenAmount(JsonElement json) =>
        new(
            ulong.Parse(Text(json.GetProperty("amount")), NumberStyles.None, CultureInfo.InvariantCulture),
            json.GetProperty("decimals").GetByte()
        );

    public static PrioritizationFee PrioritizationFee(JsonElement json) =>
        new(json.GetProperty("slot").GetUInt64(), json.GetProperty("prioritizationFee").GetUInt64());

    /// <summary>Data as a pair of text and "base64", the only encoding that is asked for.</summary>
    public static byte[] Base64(JsonElement json) =>
        json.GetArrayLength() == 2 && json[1].GetString() == "base64"
            ? json[0].GetBytesFromBase64()
            : throw new FormatException("Data is in an encoding that was not asked for.");

    public static IReadOnlyList<string>? Logs(JsonElement json, string name) =>
        json.TryGetProperty(name, out var logs) && logs.ValueKind != JsonValueKind.Null ? List(logs, Text) : null;

    public static string? OptionalText(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetString() : null;

    public static ulong? OptionalUInt64(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetUInt64() : null;

    public static long? OptionalInt64(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetInt64() : null;
}
