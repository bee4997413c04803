using Clones.Solana.Primitives;
using Clones.Solana.Rpc;

namespace Clones.Simulation;

/// <summary>A process's connection to a node: every request takes its time, there and back.</summary>
internal sealed class NodeClient(Node node, SimulatedProcess process, RandomSource dice) : IRpcClient
{
    public Uri Endpoint => node.Endpoint;

    public Task<LatestBlockhash> GetLatestBlockhashAsync(
        Commitment commitment,
        ulong? minContextSlot,
        CancellationToken cancellationToken
    ) => AskAsync("getLatestBlockhash", [], commitment, minContextSlot, () => node.Latest(commitment));

    public Task<RpcValue<bool>> IsBlockhashValidAsync(
        Blockhash blockhash,
        Commitment commitment,
        ulong? minContextSlot,
        CancellationToken cancellationToken
    ) =>
        AskAsync(
            "isBlockhashValid",
            [blockhash],
            commitment,
            minContextSlot,
            () => ValueOf(commitment, node.IsValid(blockhash, commitment))
        );

    public Task<ulong> GetBlockHeightAsync(Commitment commitment, ulong? minContextSlot, CancellationToken cancellationToken) =>
        AskAsync("getBlockHeight", [], commitment, minContextSlot, () => node.ToldHeight(commitment));

    public Task<EpochInfo> GetEpochInfoAsync(Commitment commitment, ulong? minContextSlot, CancellationToken cancellationToken) =>
        AskAsync(
            "getEpochInfo",
            [],
            commitment,
            minContextSlot,
            () => new EpochInfo(node.Slot(commitment), node.ToldHeight(commitment), 0, 0, 432_000)
        );

    public Task<long?> GetBlockTimeAsync(ulong slot, CancellationToken cancellationToken) =>
        AskAsync("getBlockTime", [slot], Commitment.Processed, null, () => (long?)null);

    public Task<RpcValue<IReadOnlyList<TransactionStatus?>>> GetSignatureStatusesAsync(
        IReadOnlyList<Signature> signatures,
        bool searchTransactionHistory,
        CancellationToken cancellationToken
    ) =>
        AskAsync(
            "getSignatureStatuses",
            [signatures, searchTransactionHistory],
            Commitment.Processed,
            null,
            () =>
                ValueOf<IReadOnlyList<TransactionStatus?>>(
                    Commitment.Processed,
                    [.. signatures.Select(s => node.Status(s, searchTransactionHistory))]
                )
        );

    public Task<IReadOnlyList<SignatureInfo>> GetSignaturesForAddressAsync(
        PublicKey address,
        int limit,
        Signature? before,
        Signature? until,
        Commitment commitment,
        ulong? minContextSlot,
        CancellationToken cancellationToken
    ) =>
        AskAsync(
            "getSignaturesForAddress",
            [address, limit, before],
            commitment,
            minContextSlot,
            () => node.History(address, limit, before)
        );

    public Task<TransactionDetail?> GetTransactionAsync(Signature signature, Commitment commitment, CancellationToken cancellationToken) =>
        AskAsync(
            "getTransaction",
            [signature, "parsed"],
            commitment,
            null,
            () =>
                node.Seen(signature, commitment) is not { } seen ? null
                : node.IsUnreadable(seen.Transaction)
                    ? throw new RpcErrorException(
                        Endpoint,
                        "getTransaction",
                        200,
                        RpcErrorCodes.UnsupportedTransactionVersion,
                        "Transaction version (2) is not supported by the requesting client.",
                        null
                    )
                : DetailOf(seen, seen.Transaction.Bytes)
        );

    public Task<TransactionDetail?> GetUnparsedTransactionAsync(
        Signature signature,
        Commitment commitment,
        CancellationToken cancellationToken
    ) =>
        AskAsync(
            "getTransaction",
            [signature, "unparsed"],
            commitment,
            null,
            () =>
                node.Seen(signature, commitment) is { } seen
                    ? DetailOf(seen, ReadOnlyMemory<byte>.Empty) with
                    {
                        Unparsed = new UnparsedTransaction(signature, seen.Transaction.AccountKeys(), "Version 2 cannot be read."),
                    }
                    : null
        );

    public Task<Signature> SendTransactionAsync(
        ReadOnlyMemory<byte> transaction,
        bool skipPreflight,
        uint? maxRetries,
        Commitment preflightCommitment,
        ulong? minContextSlot,
        CancellationToken cancellationToken
    ) => AskAsync("sendTransaction", [transaction], preflightCommitment, minContextSlot, () => node.Send(transaction));

    public Task<RpcValue<SimulationResult>> SimulateTransactionAsync(
        ReadOnlyMemory<byte> transaction,
        bool verifySignatures,
        bool replaceRecentBlockhash,
        Commitment commitment,
        ulong? minContextSlot,
        CancellationToken cancellationToken
    ) => AskAsync("simulateTransaction", [transaction], commitment, minContextSlot, () => ValueOf(commitment, node.Simulate(transaction)));

    public Task<Blockhash> GetGenesisHashAsync(CancellationToken cancellationToken) =>
        AskAsync("getGenesisHash", [], Commitment.Processed, null, () => new Blockhash(new byte[Blockhash.Length]));

    public Task<IReadOnlyList<PrioritizationFee>> GetRecentPrioritizationFeesAsync(
        IReadOnlyList<PublicKey>? writableAccounts,
        CancellationToken cancellationToken
    ) => AskAsync("getRecentPrioritizationFees", [], Commitment.Processed, null, () => (IReadOnlyList<PrioritizationFee>)[]);

    public Task<RpcValue<ulong?>> GetFeeForMessageAsync(
        ReadOnlyMemory<byte> message,
        Commitment commitment,
        ulong? minContextSlot,
        CancellationToken cancellationToken
    ) => AskAsync("getFeeForMessage", [message], commitment, minContextSlot, () => ValueOf<ulong?>(commitment, Node.FeeOf(message)));

    public Task<ulong> GetFirstAvailableBlockAsync(CancellationToken cancellationToken) =>
        AskAsync("getFirstAvailableBlock", [], Commitment.Processed, null, () => node.FirstSlot);

    public Task<ulong> GetSlotAsync(Commitment commitment, ulong? minContextSlot, CancellationToken cancellationToken) =>
        AskAsync("getSlot", [], commitment, minContextSlot, () => node.Slot(commitment));

    public Task<RpcValue<ulong>> GetBalanceAsync(
        PublicKey address,
        Commitment commitment,
        ulong? minContextSlot,
        CancellationToken cancellationToken
    ) => AskAsync("getBalance", [address], commitment, minContextSlot, () => ValueOf(commitment, node.Balance(address, commitment)));

    public Task<RpcValue<AccountInfo?>> GetAccountInfoAsync(
        PublicKey address,
        Commitment commitment,
        ulong? minContextSlot,
        CancellationToken cancellationToken
    ) => AskAsync("getAccountInfo", [address], commitment, minContextSlot, () => ValueOf(commitment, node.Account(address, commitment)));

    public Task<RpcValue<IReadOnlyList<AccountInfo?>>> GetMultipleAccountsAsync(
        IReadOnlyList<PublicKey> addresses,
        Commitment commitment,
        ulong? minContextSlot,
        CancellationToken cancellationToken
    ) =>
        AskAsync(
            "getMultipleAccounts",
            [addresses],
            commitment,
            minContextSlot,
            () => ValueOf<IReadOnlyList<AccountInfo?>>(commitment, [.. addresses.Select(a => node.Account(a, commitment))])
        );

    public Task<RpcValue<IReadOnlyList<OwnedTokenAccount>>> GetTokenAccountsByOwnerAsync(
        PublicKey owner,
        PublicKey tokenProgram,
        PublicKey? mint,
        Commitment commitment,
        ulong? minContextSlot,
        CancellationToken cancellationToken
    ) => throw NotAsked();

    public Task<RpcValue<TokenAmount>> GetTokenAccountBalanceAsync(
        PublicKey tokenAccount,
        Commitment commitment,
        CancellationToken cancellationToken
    ) => throw NotAsked();

    public Task<RpcValue<TokenAmount>> GetTokenSupplyAsync(PublicKey mint, Commitment commitment, CancellationToken cancellationToken) =>
        throw NotAsked();

    public Task<ulong> GetMinimumBalanceForRentExemptionAsync(ulong space, CancellationToken cancellationToken) =>
        AskAsync("getMinimumBalanceForRentExemption", [space], Commitment.Processed, null, () => TokenRun.RentOf(space));

    public Task GetHealthAsync(CancellationToken cancellationToken) => throw NotAsked();

    public Task<string> GetVersionAsync(CancellationToken cancellationToken) => throw NotAsked();

    public Task<Signature> RequestAirdropAsync(PublicKey address, ulong lamports, CancellationToken cancellationToken) => throw NotAsked();

    private static TransactionDetail DetailOf(Execution seen, ReadOnlyMemory<byte> bytes) =>
        new(
            seen.Block.Slot,
            null,
            seen.Error,
            seen.Transaction.Fee,
            bytes,
            seen.Transaction.BalancesBefore(),
            seen.Transaction.BalancesAfter(seen.Error is null),
            [],
            [],
            [],
            [],
            null,
            null
        );

    private static NotSupportedException NotAsked() => new("Neither payments of SOL nor deployments ask such a thing.");

    private RpcValue<T> ValueOf<T>(Commitment commitment, T value) => new(node.Slot(commitment), value);

    /// <param name="about">What else the answer depends on.</param>
    private Task<T> AskAsync<T>(string method, object?[] about, Commitment commitment, ulong? minContextSlot, Func<T> answer) =>
        ChainQuestions.AskAsync(
            () => $"{Endpoint} {method} {string.Join(' ', about.Select(TextOf))} {commitment} {minContextSlot}",
            () =>
                process.CallAsync(
                    dice.Between(2, 40) + node.Faults.Delay,
                    () =>
                    {
                        node.Answer(method);
                        node.Require(method, commitment, minContextSlot);
                        return answer();
                    },
                    dice.Between(2, 40)
                )
        );

    private static string? TextOf(object? about) =>
        about switch
        {
            ReadOnlyMemory<byte> bytes => Convert.ToHexString(bytes.Span),
            IEnumerable<PublicKey> addresses => string.Join(',', addresses),
            IEnumerable<Signature> signatures => string.Join(',', signatures),
            _ => about?.ToString(),
        };
}
