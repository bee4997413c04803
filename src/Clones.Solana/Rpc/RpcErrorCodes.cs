namespace Clones.Solana.Rpc;

/// <summary>Codes of JSON-RPC and of Solana's nodes, and whose fault each is.</summary>
public static class RpcErrorCodes
{
    public const long ParseError = -32700;
    public const long InvalidRequest = -32600;
    public const long MethodNotFound = -32601;
    public const long InvalidParams = -32602;
    public const long InternalError = -32603;
    public const long BlockCleanedUp = -32001;

    /// <summary>The simulation before sending failed (or the transaction is known already).</summary>
    public const long PreflightFailure = -32002;

    public const long SignatureVerificationFailure = -32003;
    public const long BlockNotAvailable = -32004;

    /// <summary>Becomes <see cref="RpcNodeBehindException"/>.</summary>
    public const long NodeUnhealthy = -32005;

    public const long PrecompileVerificationFailure = -32006;
    public const long SlotSkipped = -32007;
    public const long NoSnapshot = -32008;
    public const long LongTermStorageSlotSkipped = -32009;
    public const long KeyExcludedFromSecondaryIndex = -32010;
    public const long TransactionHistoryNotAvailable = -32011;
    public const long ScanError = -32012;
    public const long SignatureLengthMismatch = -32013;
    public const long BlockStatusNotAvailableYet = -32014;
    public const long UnsupportedTransactionVersion = -32015;

    /// <summary>Becomes <see cref="RpcNodeBehindException"/>.</summary>
    public const long MinContextSlotNotReached = -32016;

    public const long EpochRewardsPeriodActive = -32017;
    public const long SlotNotEpochBoundary = -32018;
    public const long LongTermStorageUnreachable = -32019;
    public const long FilterTransactionNotFound = -32020;
    public const long NoSlotHistory = -32021;

    private static readonly HashSet<long> OfTheTransaction =
    [
        PreflightFailure,
        SignatureVerificationFailure,
        PrecompileVerificationFailure,
        SignatureLengthMismatch,
    ];

    private static readonly HashSet<long> OfTheData =
    [
        BlockCleanedUp,
        SlotSkipped,
        NoSnapshot,
        LongTermStorageSlotSkipped,
        KeyExcludedFromSecondaryIndex,
        TransactionHistoryNotAvailable,
        // About the transaction, but one node alone may say so of what others show: they are asked too.
        UnsupportedTransactionVersion,
        EpochRewardsPeriodActive,
        LongTermStorageUnreachable,
        FilterTransactionNotFound,
        NoSlotHistory,
    ];

    /// <summary>
    /// Only what is known to be about the request counts for every node. Providers use codes of their own, and the known ones for something else
    /// (a daily limit as -32003): what is unknown, or does not go with the status or the method, is the node's.
    /// </summary>
    internal static RpcFault FaultOf(int httpStatus, string method, long code)
    {
        if (httpStatus is not ((>= 200 and <= 299) or 400))
        {
            return RpcFault.Node;
        }
        if (OfTheTransaction.Contains(code))
        {
            return method is "sendTransaction" or "simulateTransaction" ? RpcFault.Request : RpcFault.Node;
        }
        return code is InvalidParams or SlotNotEpochBoundary ? RpcFault.Request
            : OfTheData.Contains(code) ? RpcFault.Data
            : RpcFault.Node;
    }
}
