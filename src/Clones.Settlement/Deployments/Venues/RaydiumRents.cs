using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Deployments.Venues;

/// <summary>Rent of what the creation of a Raydium pool makes, in lamports, by the chain's own word.</summary>
/// <param name="PoolLamports">State, observations, LP mint, both vaults and the creator's LP account together.</param>
/// <param name="TokenAccountLamports">One token account.</param>
internal sealed record RaydiumRents(ulong PoolLamports, ulong TokenAccountLamports)
{
    // 100 observations of 40 bytes, what is about them, and room for more: the program's own constant.
    private const int ObservationSize = 4_075;

    public static async Task<RaydiumRents> AskAsync(WalletBalances balances, CancellationToken cancellationToken)
    {
        var state = await balances.RentAsync(RaydiumCpmmPoolAccount.Size, cancellationToken);
        var observation = await balances.RentAsync(ObservationSize, cancellationToken);
        var mint = await balances.RentAsync(MintAccount.Size, cancellationToken);
        var account = await balances.RentAsync(TokenAccount.Size, cancellationToken);
        return new RaydiumRents(checked(state + observation + mint + 3 * account), account);
    }
}
