using Clones.Contracts.Pools;
using Clones.Domain;
using Clones.Domain.Pools;
using Clones.Domain.Wallets;
using Clones.Persistence;
using Clones.Persistence.Payments;
using Clones.Persistence.Wallets;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Funds;

/// <summary>Settles the status of a training pool by the finalized balances of its wallet.</summary>
internal sealed class PoolFunds(
    ClonesDbContext db,
    WalletLedger ledger,
    WalletBalances balances,
    IPublishEndpoint publish,
    TimeProvider time
)
{
    private const int ReadsMax = 3;

    /// <summary>In the open database transaction; the caller saves and commits.</summary>
    /// <returns>False where the pool has no wallet yet.</returns>
    /// <exception cref="RpcException">The chain did not answer: the status stays, an error is never read as zero.</exception>
    public async Task<bool> SettleAsync(TrainingPool pool, CancellationToken cancellationToken)
    {
        var address = await db
            .DepositWallets.Where(w => w.TrainingPoolId == pool.Id)
            .Select(w => new { w.Address, w.SettledSlot })
            .FirstOrDefaultAsync(cancellationToken);
        if (address is null)
        {
            return false;
        }

        var minSlot = address.SettledSlot;
        var mint = pool.Mint is null ? (PublicKey?)null : PublicKey.Parse(pool.Mint);
        for (var read = 0; read < ReadsMax; read++)
        {
            var balance = await balances.ReadAsync(
                PublicKey.Parse(address.Address),
                mint is { } token ? [token] : [],
                minSlot == 0 ? null : minSlot,
                cancellationToken
            );
            var gas =
                PaymentAcceptance.FeeLamportsMax + (mint is null ? 0 : await balances.RentAsync(TokenAccount.Size, cancellationToken));
            var wallet = (await ledger.LockOfPoolAsync(pool.Id, cancellationToken))!;
            if (balance.Slot >= wallet.SettledSlot)
            {
                await ApplyAsync(pool, wallet, balance, mint, gas, cancellationToken);
                return true;
            }
            minSlot = wallet.SettledSlot;
        }
        return true;
    }

    private async Task ApplyAsync(
        TrainingPool pool,
        DepositWallet wallet,
        WalletBalance balance,
        PublicKey? mint,
        ulong gas,
        CancellationToken cancellationToken
    )
    {
        var lamports = await ledger.AvailableAsync(wallet, balance, null, null, cancellationToken);
        var tokens = mint is null ? lamports : await ledger.AvailableAsync(wallet, balance, mint, null, cancellationToken);
        var (id, before) = (pool.Id, pool.Status);
        var after = PoolStatusRule.Decide(before, pool.PricePerDemo, mint is null, tokens, lamports, gas);
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
                Lamports = balance.Lamports.ToString(),
                TokenAmountBaseUnits = (mint is { } token ? balance.TokensOf(token) : balance.Lamports).ToString(),
                Slot = balance.Slot,
                OccurredAt = now,
            },
            cancellationToken
        );
    }
}
