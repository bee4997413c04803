using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Deployments.Venues;

/// <summary>What Raydium asks for a new pool on this cluster, read from its own accounts there.</summary>
internal sealed record RaydiumTerms(RaydiumCpmmCluster Cluster, ushort ConfigIndex)
{
    /// <summary>The terms of this config, where a pool can be created under them.</summary>
    /// <param name="config">The account at <paramref name="configAddress"/>.</param>
    /// <param name="feeReceiver">The account at the cluster's fee receiver. The program wants it even where the fee is 0.</param>
    /// <exception cref="DeploymentImpossibleException">One of both is missing or is something else, or no pools are taken.</exception>
    public RaydiumCpmmConfigAccount OfConfig(PublicKey configAddress, AccountInfo? config, AccountInfo? feeReceiver)
    {
        if (config is null || config.Owner != Cluster.ProgramId)
        {
            throw new DeploymentImpossibleException(
                $"Raydium has no config {ConfigIndex} at {configAddress} on this cluster. RAYDIUM_CONFIG_INDEX chooses another; "
                    + "a local cluster is given the account with --account."
            );
        }

        var terms = Read(configAddress, config);
        if (terms.IsPoolCreationDisabled)
        {
            throw new DeploymentImpossibleException($"Raydium's config {ConfigIndex} takes no new pools.");
        }

        return HeldTokens.Of(feeReceiver, TokenProgram.Id) is { NativeRentLamports: not null }
            ? terms
            : throw new DeploymentImpossibleException(
                $"Raydium's wrapped-SOL account for fees, {Cluster.FeeReceiver}, is not on this cluster; a local one is given it with --account."
            );
    }

    private static RaydiumCpmmConfigAccount Read(PublicKey address, AccountInfo config)
    {
        try
        {
            return RaydiumCpmmConfigAccount.Decode(config.Data.Span);
        }
        catch (FormatException)
        {
            throw new DeploymentImpossibleException($"The account {address} of Raydium's program is not a config of pools.");
        }
    }
}
