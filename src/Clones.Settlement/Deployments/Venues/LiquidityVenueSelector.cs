using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Deployments.Venues;

/// <summary>Looks at the cluster and gives the venue to use there. Asked anew each time: a local cluster may be given the program later.</summary>
internal sealed class LiquidityVenueSelector(RpcEndpoints rpc, WalletBalances balances, DeploymentOptions options)
{
    /// <exception cref="DeploymentImpossibleException">The setting and the cluster do not go together.</exception>
    public async Task<ILiquidityVenue> SelectAsync(CancellationToken cancellationToken) =>
        await ChooseAsync(cancellationToken) switch
        {
            VenueChoice.Raydium raydium => new RaydiumVenue(rpc, balances, raydium.Cluster, options.RaydiumConfigIndex),
            VenueChoice.Local => new LocalVenue(rpc, balances),
            VenueChoice.Rejected rejected => throw new DeploymentImpossibleException(rejected.Reason),
            var other => throw new InvalidOperationException($"Unknown choice {other}."),
        };

    public async Task<VenueChoice> ChooseAsync(CancellationToken cancellationToken)
    {
        var genesis = await rpc.ReadAsync((client, stop) => client.GetGenesisHashAsync(stop), cancellationToken);
        var programs = await rpc.ReadAsync(
            (client, stop) =>
                client.GetMultipleAccountsAsync(
                    [RaydiumCpmmCluster.Mainnet.ProgramId, RaydiumCpmmCluster.Devnet.ProgramId],
                    Commitment.Finalized,
                    cancellationToken: stop
                ),
            cancellationToken
        );
        return VenueChoice.Of(
            options.LiquidityVenue,
            genesis.ToString(),
            hasMainnetProgram: programs.Value[0] is { Executable: true },
            hasDevnetProgram: programs.Value[1] is { Executable: true }
        );
    }
}
