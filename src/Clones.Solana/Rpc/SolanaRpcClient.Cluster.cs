using Clones.Solana.Primitives;

namespace Clones.Solana.Rpc;

// What a node says of itself and of the cluster.
public sealed partial class SolanaRpcClient
{
    public Task<LatestBlockhash> GetLatestBlockhashAsync(
        Commitment commitment = Commitment.Confirmed,
        ulong? minContextSlot = null,
        CancellationToken cancellationToken = default
    ) =>
        CallAsync(
            "getLatestBlockhash",
            json => RpcConfig.Write(json, commitment, minContextSlot),
            RpcReaders.LatestBlockhash,
            cancellationToken
        );

    public Task<RpcValue<bool>> IsBlockhashValidAsync(
        Blockhash blockhash,
        Commitment commitment = Commitment.Processed,
        ulong? minContextSlot = null,
        CancellationToken cancellationToken = default
    ) =>
        CallWithSlotAsync(
            "isBlockhashValid",
            json =>
            {
                json.WriteStringValue(blockhash.ToString());
                RpcConfig.Write(json, commitment, minContextSlot);
            },
            value => value.GetBoolean(),
            cancellationToken
        );

    public Task<ulong> GetBlockHeightAsync(
        Commitment commitment = Commitment.Finalized,
        ulong? minContextSlot = null,
        CancellationToken cancellationToken = default
    ) => CallAsync("getBlockHeight", json => RpcConfig.Write(json, commitment, minContextSlot), RpcReaders.UInt64, cancellationToken);

    public Task<ulong> GetSlotAsync(
        Commitment commitment = Commitment.Finalized,
        ulong? minContextSlot = null,
        CancellationToken cancellationToken = default
    ) => CallAsync("getSlot", json => RpcConfig.Write(json, commitment, minContextSlot), RpcReaders.UInt64, cancellationToken);

    public Task<EpochInfo> GetEpochInfoAsync(
        Commitment commitment = Commitment.Finalized,
        ulong? minContextSlot = null,
        CancellationToken cancellationToken = default
    ) => CallAsync("getEpochInfo", json => RpcConfig.Write(json, commitment, minContextSlot), RpcReaders.EpochInfo, cancellationToken);

    public Task<long?> GetBlockTimeAsync(ulong slot, CancellationToken cancellationToken = default) =>
        CallAsync(
            "getBlockTime",
            json => json.WriteNumberValue(slot),
            result => result.ValueKind == System.Text.Json.JsonValueKind.Null ? (long?)null : result.GetInt64(),
            cancellationToken
        );

    public Task<ulong> GetMinimumBalanceForRentExemptionAsync(ulong space, CancellationToken cancellationToken = default) =>
        CallAsync("getMinimumBalanceForRentExemption", json => json.WriteNumberValue(space), RpcReaders.UInt64, cancellationToken);

    public Task<Blockhash> GetGenesisHashAsync(CancellationToken cancellationToken = default) =>
        CallAsync("getGenesisHash", null, RpcReaders.Hash, cancellationToken);

    public Task<IReadOnlyList<PrioritizationFee>> GetRecentPrioritizationFeesAsync(
        IReadOnlyList<PublicKey>? writableAccounts = null,
        CancellationToken cancellationToken = default
    )
    {
        RejectMoreThan(128, writableAccounts?.Count ?? 0, nameof(writableAccounts));
        return CallAsync(
            "getRecentPrioritizationFees",
            json => WriteTexts(json, writableAccounts ?? []),
            result => RpcReaders.List(result, RpcReaders.PrioritizationFee),
            cancellationToken
        );
    }

    public Task<ulong> GetFirstAvailableBlockAsync(CancellationToken cancellationToken = default) =>
        CallAsync("getFirstAvailableBlock", null, RpcReaders.UInt64, cancellationToken);

    public Task GetHealthAsync(CancellationToken cancellationToken = default) =>
        CallAsync(
            "getHealth",
            null,
            result => RpcReaders.Text(result) == "ok" ? true : throw new FormatException("Neither healthy nor an error."),
            cancellationToken
        );

    public Task<string> GetVersionAsync(CancellationToken cancellationToken = default) =>
        CallAsync("getVersion", null, result => RpcText.Clean(RpcReaders.Text(result.GetProperty("solana-core"))), cancellationToken);

    private static void WriteTexts<T>(System.Text.Json.Utf8JsonWriter json, IReadOnlyList<T> values)
        where T : struct
    {
        json.WriteStartArray();
        foreach (var value in values)
        {
            json.WriteStringValue(value.ToString());
        }

        json.WriteEndArray();
    }
}
