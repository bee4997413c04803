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

    /// <summary>The answer in JSON, of a version that is not known here: whatever is missing or has another form is left out.</summary>
    public static TransactionDetail ReadUnparsed(JsonElement json, Signature signature)
    {
        var meta = Member(json, "meta", JsonValueKind.Object);
        var keys = Member(
            Member(Member(json, "transaction", JsonValueKind.Object), "message", JsonValueKind.Object),
            "accountKeys",
            JsonValueKind.Array
        );
        var version = Member(json, "version", JsonValueKind.Number)?.ToString() ?? "unknown";
        var loaded = Member(meta, "loadedAddresses", JsonValueKind.Object);
        var (before, after) = (Member(meta, "preBalances", JsonValueKind.Array), Member(meta, "postBalances", JsonValueKind.Array));
        return new TransactionDetail(
            json.GetProperty("slot").GetUInt64(),
            RpcReaders.OptionalInt64(json, "blockTime"),
            meta is { } some && some.TryGetProperty("err", out var err) ? TransactionErr.Normalize(err) : null,
            Member(meta, "fee", JsonValueKind.Number)?.GetUInt64() ?? 0,
            ReadOnlyMemory<byte>.Empty,
            before is null ? [] : RpcReaders.List(before.Value, RpcReaders.UInt64),
            after is null ? [] : RpcReaders.List(after.Value, RpcReaders.UInt64),
            meta is null ? [] : TokenBalances(meta.Value, "preTokenBalances"),
            meta is null ? [] : TokenBalances(meta.Value, "postTokenBalances"),
            Addresses(loaded, "writable"),
            Addresses(loaded, "readonly"),
            null,
            null
        )
        {
            Unparsed = new UnparsedTransaction(
                signature,
                keys is null ? [] : RpcReaders.List(keys.Value, RpcReaders.Key),
                $"Transactions of version {version} cannot be read."
            ),
        };
    }

    private static JsonElement? Member(JsonElement? json, string name, JsonValueKind kind) =>
        json is { } found && found.TryGetProperty(name, out var member) && member.ValueKind == kind ? member : null;

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
