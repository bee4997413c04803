using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;

namespace Clones.Workers.Commands.Tokens;

/// <summary>The configured cluster as a developer uses it: faucet and transactions of one's own. Rejects mainnet.</summary>
internal sealed class DevelopmentCluster(RpcEndpoints rpc, TimeProvider time)
{
    private const string FaucetPage = "https://faucet.solana.com";

    // A local cluster is fast; the public nodes count the calls per method and ten seconds.
    private static readonly TimeSpan PollFirst = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PollEveryMax = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(3);
    private const ulong AirdropLamports = 1_000_000_000;

    public RpcEndpoints Rpc => rpc;

    public async Task<string> GenesisHashAsync(CancellationToken cancellationToken) =>
        (await rpc.ReadAsync((node, stop) => node.GetGenesisHashAsync(stop), cancellationToken)).ToString();

    /// <exception cref="OptionRejectedException">The cluster is mainnet-beta.</exception>
    public async Task<string> GenesisHashOfNoMainnetAsync(string rejectedThere, CancellationToken cancellationToken)
    {
        var genesis = await GenesisHashAsync(cancellationToken);
        return genesis != SolanaCluster.MainnetGenesisHash
            ? genesis
            : throw new OptionRejectedException("SOLANA_RPC_URLS", $"names nodes of mainnet-beta, where {rejectedThere}");
    }

    public async Task<AccountInfo?> AccountAsync(PublicKey address, Commitment commitment, CancellationToken cancellationToken) =>
        (await rpc.ReadAsync((node, stop) => node.GetAccountInfoAsync(address, commitment, null, stop), cancellationToken)).Value;

    public Task<ulong> RentAsync(int bytes, CancellationToken cancellationToken) =>
        rpc.ReadAsync((node, stop) => node.GetMinimumBalanceForRentExemptionAsync((ulong)bytes, stop), cancellationToken);

    public async Task<ulong> LamportsAsync(PublicKey address, CancellationToken cancellationToken) =>
        (await rpc.ReadAsync((node, stop) => node.GetBalanceAsync(address, Commitment.Confirmed, null, stop), cancellationToken)).Value;

    /// <summary>Gets one SOL from the faucet where the wallet has less than it needs.</summary>
    public async Task FundAsync(PublicKey wallet, ulong lamportsNeeded, CancellationToken cancellationToken)
    {
        if (await LamportsAsync(wallet, cancellationToken) < lamportsNeeded)
        {
            await AirdropAsync(wallet, Math.Max(AirdropLamports, lamportsNeeded), Commitment.Confirmed, cancellationToken);
        }
    }

    /// <summary>Asks the faucet, and waits until it has paid.</summary>
    /// <param name="address">Who gets it.</param>
    /// <param name="lamports">How much.</param>
    /// <param name="commitment">How sure it is to be: the API and the workers count only what is finalized.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ClusterFailureException">It does not.</exception>
    public async Task AirdropAsync(PublicKey address, ulong lamports, Commitment commitment, CancellationToken cancellationToken)
    {
        var instead = $"Fund {address} at {FaucetPage} or from another wallet, or wait, and run the command again.";
        try
        {
            var signature = await rpc.ReadAsync((node, stop) => node.RequestAirdropAsync(address, lamports, stop), cancellationToken);
            await UntilAsync(signature, commitment, again: null, cancellationToken);
        }
        catch (RpcRateLimitedException e)
        {
            var wait = e.RetryAfter is { } after ? $" (it asks to wait {after.TotalSeconds:0} s)" : "";
            throw new ClusterFailureException($"The faucet at {e.Endpoint} is rate limited and gives nothing now{wait}. {instead}");
        }
        catch (RpcErrorException e) when (e.Code == RpcErrorCodes.MethodNotFound)
        {
            throw new ClusterFailureException($"The node at {e.Endpoint} has no faucet. {instead}");
        }
        catch (RpcErrorException e)
        {
            throw new ClusterFailureException($"The faucet at {e.Endpoint} rejects the request: {e.ErrorMessage.TrimEnd('.')}. {instead}");
        }
    }

    /// <summary>Sends, the same bytes again and again, until it is finalized.</summary>
    /// <param name="signers">The first one pays.</param>
    /// <exception cref="ClusterFailureException">It was rejected, it failed, or it was not seen in time.</exception>
    public async Task SendAsync(Account[] signers, IEnumerable<Instruction> instructions, CancellationToken cancellationToken)
    {
        var latest = await rpc.ReadAsync((node, stop) => node.GetLatestBlockhashAsync(Commitment.Confirmed, null, stop), cancellationToken);
        var builder = new TransactionBuilder().SetFeePayer(signers[0].PublicKey).SetRecentBlockhash(latest.Blockhash);
        foreach (var instruction in instructions)
        {
            builder.AddInstruction(instruction);
        }
        var transaction = builder.Build(signers);
        var bytes = transaction.Serialize();
        try
        {
            await rpc.ReadAsync((node, stop) => node.SendTransactionAsync(bytes, cancellationToken: stop), cancellationToken);
        }
        catch (RpcErrorException e) when (e.IsAlreadyProcessed)
        {
            // A node that was asked before has it.
        }
        catch (RpcErrorException e)
        {
            throw new ClusterFailureException($"The cluster rejects the transaction: {e.Preflight?.Err ?? e.ErrorMessage}");
        }
        catch (RpcException)
        {
            // Nobody said whether it was taken: it is searched for below, and sent again where it is not seen.
        }
        await UntilAsync(transaction.Id, Commitment.Finalized, (bytes, latest.LastValidBlockHeight), cancellationToken);
    }

    private async Task UntilAsync(
        Signature signature,
        Commitment commitment,
        (byte[] Bytes, ulong LastValidBlockHeight)? again,
        CancellationToken cancellationToken
    )
    {
        var wait = PollFirst;
        for (var began = time.GetTimestamp(); time.GetElapsedTime(began) < WaitMax; )
        {
            try
            {
                if (await HasReachedAsync(signature, commitment, again, cancellationToken))
                {
                    return;
                }
            }
            catch (RpcException e) when (e is not RpcErrorException)
            {
                // The node is away or busy for the moment; what was sent may land nevertheless.
            }
            await Task.Delay(wait, time, cancellationToken);
            wait = wait * 2 < PollEveryMax ? wait * 2 : PollEveryMax;
        }
        throw new ClusterFailureException($"The transaction {signature} is not {commitment} after {WaitMax.TotalMinutes:0} minutes.");
    }

    private async Task<bool> HasReachedAsync(
        Signature signature,
        Commitment commitment,
        (byte[] Bytes, ulong LastValidBlockHeight)? again,
        CancellationToken cancellationToken
    )
    {
        // The height is read first: what is not seen after it cannot land any more.
        var height = again is null
            ? 0
            : await rpc.ReadAsync((node, stop) => node.GetBlockHeightAsync(Commitment.Finalized, null, stop), cancellationToken);
        var statuses = await rpc.ReadAsync(
            (node, stop) => node.GetSignatureStatusesAsync([signature], cancellationToken: stop),
            cancellationToken
        );
        if (statuses.Value[0] is { } status)
        {
            return status.Succeeded
                ? status.ConfirmationStatus >= commitment
                : throw new ClusterFailureException($"The transaction {signature} failed on chain: {status.Err}");
        }
        if (again is { } sent)
        {
            if (height > sent.LastValidBlockHeight)
            {
                throw new ClusterFailureException($"The transaction {signature} did not land in time. Run the command again.");
            }
            await rpc.BroadcastAsync(sent.Bytes, cancellationToken);
        }
        return false;
    }
}
