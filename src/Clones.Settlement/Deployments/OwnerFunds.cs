using Clones.Domain.Transactions;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Deployments;

/// <summary>
/// Whether an owner who pays has enough, said in lamports before anything is signed. Nothing can be reserved in a wallet that is not ours: what
/// is enough now may be spent by the time it is signed, and the chain rejects the transaction then.
/// </summary>
internal sealed class OwnerFunds(RpcEndpoints rpc, WalletBalances balances)
{
    /// <exception cref="DeploymentImpossibleException">It does not suffice; the message says how much is missing, and whose.</exception>
    public async Task RequireAsync(PublicKey owner, DeploymentCost cost, CancellationToken cancellationToken)
    {
        // Confirmed: what the owner has just sent there counts.
        var balance = await rpc.ReadAsync(
            (client, stop) => client.GetBalanceAsync(owner, Commitment.Confirmed, cancellationToken: stop),
            cancellationToken
        );
        var keep = await balances.RentAsync(0, cancellationToken);
        if (Shortfall(balance.Value, cost.TotalLamports(), keep) is { } missing)
        {
            throw new DeploymentImpossibleException(
                $"Your wallet {owner} is to pay {cost.TotalLamports()} lamports (fee {cost.FeeLamports}, rent {cost.RentLamports}, "
                    + $"venue {cost.VenueFeeLamports}, liquidity {cost.LiquidityLamports}), must keep {keep} or nothing, and has {balance.Value}: "
                    + $"it lacks {missing} lamports."
            );
        }
    }

    /// <summary>Lamports that are missing; null where none are. The chain lets a wallet be emptied, but not be left with less than its own rent.</summary>
    internal static ulong? Shortfall(ulong balance, ulong total, ulong keep) =>
        balance == total || balance >= checked(total + keep) ? null
        : balance < total ? total - balance
        : total + keep - balance;
}
