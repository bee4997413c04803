using Clones.Contracts.Pools;
using Clones.Domain;
using Clones.Domain.Payments;
using Clones.Domain.Pools;
using Clones.Domain.Wallets;
using Clones.Persistence;
using Clones.Persistence.Payments;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Funds;

/// <summary>Settles the status of a training pool by the finalized balances of its wallet.</summary>
internal sealed class PoolFunds(
    ClonesDbContext db,
    PaymentStore store,
    WalletBalances balances,
    IPublishEndpoint publish,
    TimeProvider time
)
{
    /// <summary>A wallet that somebody holds longer is looked at again.</summary>
    private static readonly TimeSpan LockWaitMax = TimeSpan.FromSeconds(2);

    /// <summary>What the chain says of the wallets of pools, in one request where that does, with no lock held.</summary>
    /// <param name="known">Balances of wallets that were read a moment ago, by pool.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>One for each.</returns>
    public async Task<IReadOnlyList<PoolReading>> ReadAsync(
        IReadOnlyList<TrainingPool> pools,
        ILookup<Guid, WalletBalance> known,
        CancellationToken cancellationToken
    )
    {
        var (wallets, _) = await store.LookUpAsync(pools.Select(p => p.Id), [], cancellationToken);
        var found = pools.Where(p => wallets.ContainsKey(p.Id)).ToDictionary(p => p.Id, p => KnownOf(p, known[p.Id]));
        var open = pools.Where(p => found.TryGetValue(p.Id, out var balance) && balance is null).ToList();
        var answers = await balances.ReadForTransfersAsync(
            open.ConvertAll(p => new TransferQuestion(PublicKey.Parse(wallets[p.Id].Address), MintOf(p), [], wallets[p.Id].SettledSlot)),
            cancellationToken
        );
        var answered = open.Zip(answers).ToDictionary(a => a.First.Id, a => a.Second);
        var readings = new List<PoolReading>();
        foreach (var pool in pools)
        {
            var failure = answered.GetValueOrDefault(pool.Id)?.Failure;
            var balance = found.GetValueOrDefault(pool.Id) ?? answered.GetValueOrDefault(pool.Id)?.Outlook?.Wallet;
            PoolBalance? read = null;
            try
            {
                read = balance is null
                    ? null
                    : new PoolBalance(pool, wallets[pool.Id].Id, balance, MintOf(pool), await GasAsync(pool, cancellationToken));
            }
            catch (RpcException e)
            {
                failure = e;
            }
            readings.Add(new PoolReading(pool, read, failure));
        }
        return readings;
    }

    /// <summary>Those whose status would change now. Most looks at a wallet end here: nothing is locked for what stays as it is.</summary>
    public async Task<IReadOnlyList<PoolBalance>> ChangedAsync(IReadOnlyList<PoolBalance> read, CancellationToken cancellationToken)
    {
        var reserved = await store.ReservedAsync([.. read.Select(r => r.WalletId)], cancellationToken);
        return [.. read.Where(r => r.StatusWith(reserved[r.WalletId].ToDictionary()) != r.Pool.Status)];
    }

    /// <summary>In the open database transaction; the caller saves and commits. A wallet that has settled since is looked at again soon.</summary>
    public async Task ApplyAsync(PoolBalance read, CancellationToken cancellationToken)
    {
        var wallet = (await store.LockAsync([read.WalletId], [], [], LockWaitMax, cancellationToken)).ById[read.WalletId];
        if (read.Balance.Slot < wallet.SettledSlot)
        {
            return;
        }

        var (id, before, after) = (read.Pool.Id, read.Pool.Status, read.StatusWith(wallet.Reserved));
        var now = time.GetUtcNow();

        // Conditional, so that an owner who pauses in this moment is not overruled.
        if (
            after == before
            || await db
                .TrainingPools.Where(p => p.Id == id && p.Status == before)
                .ExecuteUpdateAsync(set => set.SetProperty(p => p.Status, after).SetProperty(p => p.UpdatedAt, now), cancellationToken) == 0
        )
        {
            return;
        }

        await publish.Publish(
            new PoolFundsChanged
            {
                TrainingPoolId = id,
                Status = UpperSnakeCase.From(after),
                Lamports = read.Balance.Lamports.ToString(),
                TokenAmountBaseUnits = (read.Mint is { } token ? read.Balance.TokensOf(token) : read.Balance.Lamports).ToString(),
                Slot = read.Balance.Slot,
                OccurredAt = now,
            },
            cancellationToken
        );
    }

    private static PublicKey? MintOf(TrainingPool pool) => pool.Mint is null ? null : PublicKey.Parse(pool.Mint);

    private static WalletBalance? KnownOf(TrainingPool pool, IEnumerable<WalletBalance> known) =>
        known.FirstOrDefault(b => MintOf(pool) is not { } mint || b.Tokens.ContainsKey(mint));

    private async Task<ulong> GasAsync(TrainingPool pool, CancellationToken cancellationToken) =>
        PaymentAcceptanceRule.FeeLamportsMax + (pool.Mint is null ? 0 : await balances.RentAsync(TokenAccount.Size, cancellationToken));
}

/// <param name="Balance">Null where the pool has no wallet yet, or the chain did not answer.</param>
/// <param name="Failure">Why it did not: the status stays, an error is never read as zero.</param>
internal sealed record PoolReading(TrainingPool Pool, PoolBalance? Balance, RpcException? Failure);

/// <param name="Pool">As it was before the chain was asked.</param>
/// <param name="Mint">Of the pool; null for SOL.</param>
/// <param name="GasLamports">Fee ceiling and rent of one reward.</param>
internal sealed record PoolBalance(TrainingPool Pool, Guid WalletId, WalletBalance Balance, PublicKey? Mint, ulong GasLamports)
{
    /// <param name="reserved">Base units by mint ("" for SOL) that are spoken for.</param>
    public TrainingPoolStatus StatusWith(IReadOnlyDictionary<string, UInt128> reserved)
    {
        var lamports = AvailableFunds.Of(Balance, null, reserved);
        var tokens = Mint is null ? lamports : AvailableFunds.Of(Balance, Mint, reserved);
        return PoolStatusRule.Decide(Pool.Status, Pool.PricePerDemo, Mint is null, tokens, lamports, GasLamports);
    }
}
