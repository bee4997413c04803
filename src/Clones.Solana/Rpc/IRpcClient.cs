using Clones.Solana.Primitives;

namespace Clones.Solana.Rpc;

/// <summary>One node. Every method throws an <see cref="RpcException"/> when no result came, and never retries by itself.</summary>
/// <remarks>Null results are values: the node says that it does not know of such a thing, which is no proof that there is none.</remarks>
public interface IRpcClient
{
    /// <summary>May hold an API key: show <see cref="EndpointName.Of"/> only.</summary>
    Uri Endpoint { get; }

    /// <param name="minContextSlot">Reject (node behind) where the node has not reached this slot.</param>
    Task<LatestBlockhash> GetLatestBlockhashAsync(
        Commitment commitment = Commitment.Confirmed,
        ulong? minContextSlot = null,
        CancellationToken cancellationToken = default
    );

    Task<RpcValue<bool>> IsBlockhashValidAsync(
        Blockhash blockhash,
        Commitment commitment = Commitment.Processed,
        ulong? minContextSlot = null,
        CancellationToken cancellationToken = default
    );

    Task<ulong> GetBlockHeightAsync(
        Commitment commitment = Commitment.Finalized,
        ulong? minContextSlot = null,
        CancellationToken cancellationToken = default
    );

    Task<ulong> GetSlotAsync(
        Commitment commitment = Commitment.Finalized,
        ulong? minContextSlot = null,
        CancellationToken cancellationToken = default
    );

    Task<EpochInfo> GetEpochInfoAsync(
        Commitment commitment = Commitment.Finalized,
        ulong? minContextSlot = null,
        CancellationToken cancellationToken = default
    );

    /// <summary>Unix seconds of a block, as the validators estimate; null when it is not known.</summary>
    Task<long?> GetBlockTimeAsync(ulong slot, CancellationToken cancellationToken = default);

    /// <param name="signatures">At most 256.</param>
    /// <param name="searchTransactionHistory">Search beyond the node's cache of recent statuses.</param>
    /// <returns>One entry per signature, in order; null where the node knows nothing of it.</returns>
    Task<RpcValue<IReadOnlyList<TransactionStatus?>>> GetSignatureStatusesAsync(
        IReadOnlyList<Signature> signatures,
        bool searchTransactionHistory = false,
        CancellationToken cancellationToken = default
    );

    /// <summary>The history of an address, newest first.</summary>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="before">Start behind this signature; for the next page the last one of the page before.</param>
    /// <param name="until">Stop before this signature.</param>
    /// <param name="commitment">Confirmed or finalized.</param>
    Task<IReadOnlyList<SignatureInfo>> GetSignaturesForAddressAsync(
        PublicKey address,
        int limit = 1_000,
        Signature? before = null,
        Signature? until = null,
        Commitment commitment = Commitment.Finalized,
        ulong? minContextSlot = null,
        CancellationToken cancellationToken = default
    );

    /// <param name="commitment">Confirmed or finalized.</param>
    /// <returns>Null when the node does not know the transaction at this commitment.</returns>
    /// <exception cref="RpcErrorException">
    /// Among others <see cref="RpcErrorCodes.UnsupportedTransactionVersion"/>: its version is above <see cref="MessageVersions.Highest"/>.
    /// </exception>
    Task<TransactionDetail?> GetTransactionAsync(
        Signature signature,
        Commitment commitment = Commitment.Finalized,
        CancellationToken cancellationToken = default
    );

    /// <summary>What the node makes of a transaction whose bytes cannot be read here, of whatever version it is.</summary>
    /// <param name="commitment">Confirmed or finalized.</param>
    /// <returns>With <see cref="TransactionDetail.Unparsed"/>; null when the node does not know the transaction at this commitment.</returns>
    Task<TransactionDetail?> GetUnparsedTransactionAsync(
        Signature signature,
        Commitment commitment = Commitment.Finalized,
        CancellationToken cancellationToken = default
    );

    /// <summary>Hands a signed transaction to the node. Any failure is ambiguous: it may land nevertheless.</summary>
    /// <param name="transaction">The wire bytes.</param>
    /// <param name="skipPreflight">Do not simulate first.</param>
    /// <param name="maxRetries">How often the node itself sends again; null leaves it to the node.</param>
    /// <returns>The transaction's first signature, as the node read it.</returns>
    Task<Signature> SendTransactionAsync(
        ReadOnlyMemory<byte> transaction,
        bool skipPreflight = false,
        uint? maxRetries = null,
        Commitment preflightCommitment = Commitment.Confirmed,
        ulong? minContextSlot = null,
        CancellationToken cancellationToken = default
    );

    /// <param name="transaction">The wire bytes; signatures may be missing unless they are to be verified.</param>
    /// <param name="replaceRecentBlockhash">Simulate with the latest blockhash; excludes <paramref name="verifySignatures"/>.</param>
    Task<RpcValue<SimulationResult>> SimulateTransactionAsync(
        ReadOnlyMemory<byte> transaction,
        bool verifySignatures = false,
        bool replaceRecentBlockhash = false,
        Commitment commitment = Commitment.Confirmed,
        ulong? minContextSlot = null,
        CancellationToken cancellationToken = default
    );

    /// <summary>Lamports; 0 also for an account that does not exist.</summary>
    Task<RpcValue<ulong>> GetBalanceAsync(
        PublicKey address,
        Commitment commitment = Commitment.Finalized,
        ulong? minContextSlot = null,
        CancellationToken cancellationToken = default
    );

    /// <returns>Null when the account does not exist.</returns>
    Task<RpcValue<AccountInfo?>> GetAccountInfoAsync(
        PublicKey address,
        Commitment commitment = Commitment.Finalized,
        ulong? minContextSlot = null,
        CancellationToken cancellationToken = default
    );

    /// <param name="addresses">At most <see cref="ManyAccounts.PerRequest"/>; more are read by <see cref="ManyAccounts.GetManyAccountsAsync"/>.</param>
    /// <returns>One entry per address, in order; null where there is no account.</returns>
    Task<RpcValue<IReadOnlyList<AccountInfo?>>> GetMultipleAccountsAsync(
        IReadOnlyList<PublicKey> addresses,
        Commitment commitment = Commitment.Finalized,
        ulong? minContextSlot = null,
        CancellationToken cancellationToken = default
    );

    /// <summary>The accounts of one wallet under one token program.</summary>
    /// <param name="mint">Only those of this mint; then the token program is not asked for.</param>
    Task<RpcValue<IReadOnlyList<OwnedTokenAccount>>> GetTokenAccountsByOwnerAsync(
        PublicKey owner,
        PublicKey tokenProgram,
        PublicKey? mint = null,
        Commitment commitment = Commitment.Finalized,
        ulong? minContextSlot = null,
        CancellationToken cancellationToken = default
    );

    /// <returns>The holding. An account that does not exist is an <see cref="RpcErrorException"/> (invalid params), as the node says it.</returns>
    Task<RpcValue<TokenAmount>> GetTokenAccountBalanceAsync(
        PublicKey tokenAccount,
        Commitment commitment = Commitment.Finalized,
        CancellationToken cancellationToken = default
    );

    Task<RpcValue<TokenAmount>> GetTokenSupplyAsync(
        PublicKey mint,
        Commitment commitment = Commitment.Finalized,
        CancellationToken cancellationToken = default
    );

    /// <param name="space">Bytes of the account's data.</param>
    /// <returns>Lamports.</returns>
    Task<ulong> GetMinimumBalanceForRentExemptionAsync(ulong space, CancellationToken cancellationToken = default);

    /// <summary>Names the cluster: no two clusters share it.</summary>
    Task<Blockhash> GetGenesisHashAsync(CancellationToken cancellationToken = default);

    /// <param name="writableAccounts">At most 128; only fees of transactions that locked all of them.</param>
    Task<IReadOnlyList<PrioritizationFee>> GetRecentPrioritizationFeesAsync(
        IReadOnlyList<PublicKey>? writableAccounts = null,
        CancellationToken cancellationToken = default
    );

    /// <returns>Lamports; null when the blockhash is not (or no longer) known.</returns>
    Task<RpcValue<ulong?>> GetFeeForMessageAsync(
        ReadOnlyMemory<byte> message,
        Commitment commitment = Commitment.Confirmed,
        ulong? minContextSlot = null,
        CancellationToken cancellationToken = default
    );

    /// <summary>The lowest slot whose block the node still has: what it says about older ones proves nothing.</summary>
    Task<ulong> GetFirstAvailableBlockAsync(CancellationToken cancellationToken = default);

    /// <summary>Returns when the node is healthy; throws <see cref="RpcNodeBehindException"/> when it is not.</summary>
    Task GetHealthAsync(CancellationToken cancellationToken = default);

    /// <summary>The node's software version.</summary>
    Task<string> GetVersionAsync(CancellationToken cancellationToken = default);

    /// <summary>Asks the faucet of a test cluster for lamports.</summary>
    Task<Signature> RequestAirdropAsync(PublicKey address, ulong lamports, CancellationToken cancellationToken = default);
}
