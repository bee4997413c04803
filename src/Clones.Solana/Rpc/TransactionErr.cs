using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Clones.Solana.Rpc;

/// <summary>
/// The text form of a transaction error: the bare name where the chain gives only a name (<c>BlockhashNotFound</c>), else compact JSON
/// (<c>{"InstructionError":[0,{"Custom":1}]}</c>).
/// </summary>
public static class TransactionErr
{
    public const string AlreadyProcessed = "AlreadyProcessed";
    public const string BlockhashNotFound = "BlockhashNotFound";

    internal static string? Normalize(JsonElement err)
    {
        if (err.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
        {
            return null;
        }

        if (err.ValueKind == JsonValueKind.String)
        {
            return err.GetString();
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            err.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
