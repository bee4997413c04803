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
    /// <summary>What the chain says of the pool's wallet, with no lock held.</summary>
    /// <param name="known">Balances of the wallet, read a moment ago.</param>
    /// <returns>Null where the pool has no wallet yet.</returns>
    /// <exception cref="RpcException">The chain did not answer: the status stays, an error is never read as zero.</exception>
    public async Task<PoolBalance?> ReadAsync(TrainingPool pool, IReadOnlyList<WalletBalance> known, CancellationToken cancellationToken)
    {
        if (!(await store.LookUpAsync([pool.Id], [], cancellationToken)).Wallets.TryGetValue(pool.Id, out var wallet))
        {
            return null;
        }

        var mint = pool.Mint is null ? (PublicKey?)null : PublicKey.Parse(pool.Mint);
        var balance =
            known.FirstOrDefault(b => mint is not { } of || b.Tokens.ContainsKey(of))
            ?? await balances.ReadAsync(
                PublicKey.Parse(wallet.Address),
                mint is { } token ? [token] : [],
                wallet.SettledSlot == 0 ? null : wallet.SettledSlot,
                cancellationToken
            );
        var rent = mint is null ? 0 : await balances.RentAsync(TokenAccount.Size, cancellationToken);
        return new PoolBalance(pool, wallet.Id, balance, mint, PaymentAcceptanceRule.FeeLamportsMax + rent);
    }

    /// <summary>Whether the status would change now. Most looks at a wallet end here: nothing is locked for what stays as it is.</summary>
    public async Task<bool> ChangesAsync(PoolBalance read, CancellationToken cancellationToken) =>
        read.StatusWith(await store.ReservedAsync(read.WalletId, cancellationToken)) != read.Pool.Status;

    /// <summary>In the open database transaction; the caller saves and commits. A wallet that has settled since is looked at again soon.</summary>
    public async Task ApplyAsync(PoolBalance read, CancellationToken cancellationToken)
    {
        var wallet = (await store.LockAsync([read.WalletId], [], [], null, cancellationToken)).ById[read.WalletId];
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
}

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
