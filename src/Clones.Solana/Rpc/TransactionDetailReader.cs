using System.Text.Json;
using Clones.Solana.Primitives;

namespace Clones.Solana.Rpc;

/// <summary>Reads the answer of getTransaction in base64 encoding.</summary>
internal static class TransactionDetailReader
{
    public static TransactionDetail Read(JsonElement json)
    {
        var meta = json.GetProperty("meta");
        var loaded = meta.TryGetProperty("loadedAddresses", out var l) && l.ValueKind == JsonValueKind.Object ? l : (JsonElement?)null;
        return new TransactionDetail(
            json.GetProperty("slot").GetUInt64(),
            RpcReaders.OptionalInt64(json, "blockTime"),
            TransactionErr.Normalize(meta.GetProperty("err")),
            meta.GetProperty("fee").GetUInt64(),
            RpcReaders.Base64(json.GetProperty("transaction")),
            RpcReaders.List(meta.GetProperty("preBalances"), RpcReaders.UInt64),
            RpcReaders.List(meta.GetProperty("postBalances"), RpcReaders.UInt64),
            TokenBalances(meta, "preTokenBalances"),
            TokenBalances(meta, "postTokenBalances"),
            Addresses(loaded, "writable"),
            Addresses(loaded, "readonly"),
            RpcReaders.Logs(meta, "logMessages"),
            RpcReaders.OptionalUInt64(meta, "computeUnitsConsumed")
        );
    }

    private static IReadOnlyList<PublicKey> Addresses(JsonElement? loaded, string name) =>
        loaded is { } addresses ? RpcReaders.List(addresses.GetProperty(name), RpcReaders.Key) : [];

    private static IReadOnlyList<TransactionTokenBalance> TokenBalances(JsonElement meta, string name) =>
        meta.TryGetProperty(name, out var balances) && balances.ValueKind == JsonValueKind.Array
            ? RpcReaders.List(balances, TokenBalance)
            : [];

    private static TransactionTokenBalance TokenBalance(JsonElement json)
    {
        var amount = RpcReaders.TokenAmount(json.GetProperty("uiTokenAmount"));
        return new TransactionTokenBalance(
            json.GetProperty("accountIndex").GetInt32(),
            RpcReaders.Key(json.GetProperty("mint")),
            RpcReaders.OptionalText(json, "owner") is { } owner ? PublicKey.Parse(owner) : null,
            amount.Amount,
            amount.Decimals
        );
    }
}
