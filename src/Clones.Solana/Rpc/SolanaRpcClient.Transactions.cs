using System.Text.Json;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Solana.Rpc;

// Sending transactions and finding them.
public sealed partial class SolanaRpcClient
{
    public Task<RpcValue<IReadOnlyList<TransactionStatus?>>> GetSignatureStatusesAsync(
        IReadOnlyList<Signature> signatures,
        bool searchTransactionHistory = false,
        CancellationToken cancellationToken = default
    )
    {
        RejectMoreThan(256, signatures.Count, nameof(signatures));
        return CallWithSlotAsync(
            "getSignatureStatuses",
            json =>
            {
                WriteTexts(json, signatures);
                RpcConfig.Write(json, writeMore: more => more.WriteBoolean("searchTransactionHistory", searchTransactionHistory));
            },
            value => OnePer(signatures.Count, RpcReaders.List(value, item => RpcReaders.NullOr(item, RpcReaders.Status))),
            cancellationToken,
            isSearch: searchTransactionHistory
        );
    }

    public Task<IReadOnlyList<SignatureInfo>> GetSignaturesForAddressAsync(
        PublicKey address,
        int limit = 1_000,
        Signature? before = null,
        Signature? until = null,
        Commitment commitment = Commitment.Finalized,
        ulong? minContextSlot = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        RejectMoreThan(1_000, limit, nameof(limit));
        return CallAsync(
            "getSignaturesForAddress",
            json =>
            {
                json.WriteStringValue(address.ToString());
                RpcConfig.Write(json, commitment, minContextSlot, WriteRange);
            },
            result => RpcReaders.List(result, RpcReaders.SignatureInfo),
            cancellationToken
        );

        void WriteRange(Utf8JsonWriter json)
        {
            json.WriteNumber("limit", limit);
            if (before is { } newest)
            {
                json.WriteString("before", newest.ToString());
            }

            if (until is { } oldest)
            {
                json.WriteString("until", oldest.ToString());
            }
        }
    }

    public Task<TransactionDetail?> GetTransactionAsync(
        Signature signature,
        Commitment commitment = Commitment.Finalized,
        CancellationToken cancellationToken = default
    ) =>
        CallAsync(
            "getTransaction",
            json =>
            {
                json.WriteStringValue(signature.ToString());
                RpcConfig.Write(json, commitment, writeMore: WriteEncoding);
            },
            result => RpcReaders.NullOr(result, TransactionDetailReader.Read),
            cancellationToken
        );

    public Task<TransactionDetail?> GetUnparsedTransactionAsync(
        Signature signature,
        Commitment commitment = Commitment.Finalized,
        CancellationToken cancellationToken = default
    )
    {
        return CallAsync(
            "getTransaction",
            json =>
            {
                json.WriteStringValue(signature.ToString());
                RpcConfig.Write(json, commitment, writeMore: WriteJsonOfAnyVersion);
            },
            result => RpcReaders.NullOr(result, detail => TransactionDetailReader.ReadUnparsed(detail, signature)),
            cancellationToken
        );

        static void WriteJsonOfAnyVersion(Utf8JsonWriter json)
        {
            json.WriteString("encoding", "json");
            json.WriteNumber("maxSupportedTransactionVersion", byte.MaxValue);
        }
    }

    public Task<Signature> SendTransactionAsync(
        ReadOnlyMemory<byte> transaction,
        bool skipPreflight = false,
        uint? maxRetries = null,
        Commitment preflightCommitment = Commitment.Confirmed,
        ulong? minContextSlot = null,
        CancellationToken cancellationToken = default
    )
    {
        return CallAsync(
            "sendTransaction",
            json =>
            {
                json.WriteBase64StringValue(transaction.Span);
                RpcConfig.Write(json, minContextSlot: minContextSlot, writeMore: WriteOptions);
            },
            RpcReaders.Signature,
            cancellationToken
        );

        void WriteOptions(Utf8JsonWriter json)
        {
            RpcConfig.Base64(json);
            json.WriteBoolean("skipPreflight", skipPreflight);
            json.WriteString("preflightCommitment", preflightCommitment.ToRpcName());
            if (maxRetries is { } retries)
            {
                json.WriteNumber("maxRetries", retries);
            }
        }
    }

    public Task<RpcValue<SimulationResult>> SimulateTransactionAsync(
        ReadOnlyMemory<byte> transaction,
        bool verifySignatures = false,
        bool replaceRecentBlockhash = false,
        Commitment commitment = Commitment.Confirmed,
        ulong? minContextSlot = null,
        CancellationToken cancellationToken = default
    )
    {
        return CallWithSlotAsync(
            "simulateTransaction",
            json =>
            {
                json.WriteBase64StringValue(transaction.Span);
                RpcConfig.Write(json, commitment, minContextSlot, WriteOptions);
            },
            RpcReaders.Simulation,
            cancellationToken
        );

        void WriteOptions(Utf8JsonWriter json)
        {
            RpcConfig.Base64(json);
            json.WriteBoolean("sigVerify", verifySignatures);
            json.WriteBoolean("replaceRecentBlockhash", replaceRecentBlockhash);
        }
    }

    public Task<RpcValue<ulong?>> GetFeeForMessageAsync(
        ReadOnlyMemory<byte> message,
        Commitment commitment = Commitment.Confirmed,
        ulong? minContextSlot = null,
        CancellationToken cancellationToken = default
    ) =>
        CallWithSlotAsync(
            "getFeeForMessage",
            json =>
            {
                json.WriteBase64StringValue(message.Span);
                RpcConfig.Write(json, commitment, minContextSlot);
            },
            value => value.ValueKind == JsonValueKind.Null ? (ulong?)null : value.GetUInt64(),
            cancellationToken
        );

    public Task<Signature> RequestAirdropAsync(PublicKey address, ulong lamports, CancellationToken cancellationToken = default) =>
        CallAsync(
            "requestAirdrop",
            json =>
            {
                json.WriteStringValue(address.ToString());
                json.WriteNumberValue(lamports);
            },
            RpcReaders.Signature,
            cancellationToken
        );

    private static void WriteEncoding(Utf8JsonWriter json)
    {
        RpcConfig.Base64(json);
        json.WriteNumber("maxSupportedTransactionVersion", MessageVersions.Highest);
    }

    private static IReadOnlyList<T> OnePer<T>(int asked, IReadOnlyList<T> answered) =>
        answered.Count == asked ? answered : throw new FormatException("The answer has another length than the question.");
}
