using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Workers.Deployments.Venues;

/// <summary>Rent of what the creation of a Raydium pool makes, in lamports, by the chain's own word.</summary>
/// <param name="PoolLamports">State, observations, LP mint, both vaults and the creator's LP account together.</param>
/// <param name="TokenAccountLamports">One token account.</param>
internal sealed record RaydiumRents(ulong PoolLamports, ulong TokenAccountLamports)
{
    public static async Task<RaydiumRents> AskAsync(WalletBalances balances, CancellationToken cancellationToken)
    {
        var state = await balances.RentAsync(RaydiumPoolAccount.StateSize, cancellationToken);
        var observation = await balances.RentAsync(RaydiumPoolAccount.ObservationSize, cancellationToken);
        var mint = await balances.RentAsync(MintAccount.Size, cancellationToken);
        var account = await balances.RentAsync(TokenAccount.Size, cancellationToken);
        return new RaydiumRents(checked(state + observation + mint + 3 * account), account);
    }
}
