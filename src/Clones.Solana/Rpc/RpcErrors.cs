using System.Text.Json;

namespace Clones.Solana.Rpc;

/// <summary>Sorts the error object of an answer into the exception that says what it means.</summary>
internal static class RpcErrors
{
    // Providers send these in a body with HTTP status 200 (or beside 429).
    private static readonly long[] RateLimitCodes = [429, -32429];

    public static RpcException Classify(Uri endpoint, string method, int httpStatus, JsonElement error, TimeSpan? retryAfter)
    {
        var code = error.GetProperty("code").GetInt64();
        var message = error.TryGetProperty("message", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
        JsonElement? data = error.TryGetProperty("data", out var extra) && extra.ValueKind != JsonValueKind.Null ? extra.Clone() : null;
        if (RateLimitCodes.Contains(code))
        {
            return new RpcRateLimitedException(endpoint, method, retryAfter);
        }

        return code switch
        {
            RpcErrorCodes.NodeUnhealthy => new RpcNodeBehindException(endpoint, method, Number(data, "numSlotsBehind")),
            RpcErrorCodes.MinContextSlotNotReached => new RpcNodeBehindException(endpoint, method, null),
            _ => new RpcErrorException(endpoint, method, httpStatus, code, RpcText.Clean(message), data),
        };
    }

    private static ulong? Number(JsonElement? data, string name) =>
        data is { ValueKind: JsonValueKind.Object } found
        && found.TryGetProperty(name, out var number)
        && number.ValueKind == JsonValueKind.Number
        && number.TryGetUInt64(out var value)
            ? value
            : null;
}
