namespace Clones.Solana.Rpc;

/// <summary>Codes of JSON-RPC and of Solana's nodes.</summary>
public static class RpcErrorCodes
{
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

    public const long SlotSkipped = -32007;
    public const long LongTermStorageSlotSkipped = -32009;
    public const long KeyExcludedFromSecondaryIndex = -32010;
    public const long TransactionHistoryNotAvailable = -32011;
    public const long BlockStatusNotAvailableYet = -32014;
    public const long UnsupportedTransactionVersion = -32015;

    /// <summary>Becomes <see cref="RpcNodeBehindException"/>.</summary>
    public const long MinContextSlotNotReached = -32016;

    /// <summary>Whether another node may well answer the same question: this one lacks the data or is broken.</summary>
    internal static bool IsOfThisNode(long code) =>
        code
            is InternalError
                or MethodNotFound
                or BlockCleanedUp
                or BlockNotAvailable
                or LongTermStorageSlotSkipped
                or KeyExcludedFromSecondaryIndex
                or TransactionHistoryNotAvailable
                or BlockStatusNotAvailableYet;
}
