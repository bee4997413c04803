using System.Collections.Concurrent;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Chain;

/// <summary>What many messages need of the chain and what may be a moment old: a blockhash, the fees of late, the facts of a mint.</summary>
public sealed class ClusterFacts(RpcEndpoints rpc, TimeProvider time)
{
    /// <summary>A blockhash lives about a minute; two seconds of that cost nothing and save a request per payment in a batch.</summary>
    private static readonly TimeSpan BlockhashFor = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FeesFor = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<PublicKey, MintFacts> mints = new();
    private readonly Lock gate = new();
    private ReadBlockhash? blockhash;
    private Blockhash? genesis;
    private (ulong MicroLamports, long ReadAt)? fees;

    /// <summary>At commitment confirmed, at most two seconds old, with the genesis hash of its cluster.</summary>
    /// <exception cref="RpcException">No node answered.</exception>
    public async Task<(LatestBlockhash Blockhash, Blockhash Genesis)> BlockhashAsync(CancellationToken cancellationToken)
    {
        if (Remembered() is { } known)
        {
            return (known.Value, known.Genesis);
        }

        // Callers that come while this read is under way read for themselves: a few requests more, and nobody waits on another's.
        genesis ??= await rpc.ReadAsync((node, ct) => node.GetGenesisHashAsync(ct), cancellationToken);
        var latest = await rpc.ReadAsync((node, ct) => node.GetLatestBlockhashAsync(Commitment.Confirmed, null, ct), cancellationToken);
        lock (gate)
        {
            blockhash = new ReadBlockhash(latest, genesis.Value, time.GetTimestamp());
        }
        return (latest, genesis.Value);
    }

    /// <summary>A node has rejected the remembered one: the next caller asks anew.</summary>
    public void ForgetBlockhash()
    {
        lock (gate)
        {
            blockhash = null;
        }
    }

    private ReadBlockhash? Remembered()
    {
        lock (gate)
        {
            return blockhash is { } known && time.GetElapsedTime(known.ReadAt) <= BlockhashFor ? known : null;
        }
    }

    /// <summary>What three of four transactions of the last slots paid at most, in micro-lamports per compute unit.</summary>
    /// <exception cref="RpcException">No node answered.</exception>
    public async Task<ulong> PriorityFeeAsync(CancellationToken cancellationToken)
    {
        if (fees is { } known && time.GetElapsedTime(known.ReadAt) <= FeesFor)
        {
            return known.MicroLamports;
        }

        var recent = await rpc.ReadAsync((node, ct) => node.GetRecentPrioritizationFeesAsync(null, ct), cancellationToken);
        var price = recent.UpperQuartile();
        fees = (price, time.GetTimestamp());
        return price;
    }

    /// <summary>Never changes for a mint that exists.</summary>
    /// <returns>Null where there is no such mint.</returns>
    /// <exception cref="RpcException">No node answered.</exception>
    public async Task<MintFacts?> MintAsync(PublicKey mint, CancellationToken cancellationToken)
    {
        if (mints.TryGetValue(mint, out var facts))
        {
            return facts;
        }

        var account = await rpc.ReadAsync((node, ct) => node.GetAccountInfoAsync(mint, Commitment.Confirmed, null, ct), cancellationToken);
        if (account.Value is not { } info || !TokenProgram.IsTokenProgram(info.Owner))
        {
            return null;
        }
        try
        {
            facts = new MintFacts(info.Owner, MintAccount.Decode(info.Data.Span).Decimals);
        }
        catch (FormatException e)
        {
            throw new ChainNotReadyException($"What a node shows of the mint {mint} is none: {e.Message}");
        }
        mints[mint] = facts;
        return facts;
    }

    private sealed record ReadBlockhash(LatestBlockhash Value, Blockhash Genesis, long ReadAt);
}

/// <param name="TokenProgram">SPL Token or Token-2022.</param>
public sealed record MintFacts(PublicKey TokenProgram, byte Decimals);
