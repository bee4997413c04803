using System.Text.Json;

namespace Clones.Solana.Rpc;

/// <summary>Writes the configuration object that most methods take last; empty members are left out.</summary>
internal static class RpcConfig
{
    public static void Write(
        Utf8JsonWriter json,
        Commitment? commitment = null,
        ulong? minContextSlot = null,
        Action<Utf8JsonWriter>? writeMore = null
    )
    {
        json.WriteStartObject();
        if (commitment is { } level)
        {
            json.WriteString("commitment", level.ToRpcName());
        }

        if (minContextSlot is { } slot)
        {
            json.WriteNumber("minContextSlot", slot);
        }

        writeMore?.Invoke(json);
        json.WriteEndObject();
    }

    public static void Base64(Utf8JsonWriter json) => json.WriteString("encoding", "base64");
}
