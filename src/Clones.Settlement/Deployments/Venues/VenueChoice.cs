using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Deployments.Venues;

/// <summary>Which venue a cluster gets. Pure: what the chain shows comes in, a decision goes out.</summary>
internal abstract record VenueChoice
{
    public const string MainnetGenesisHash = SolanaCluster.MainnetGenesisHash;
    public const string DevnetGenesisHash = SolanaCluster.DevnetGenesisHash;

    private VenueChoice() { }

    public sealed record Raydium(RaydiumCpmmCluster Cluster) : VenueChoice;

    public sealed record Local : VenueChoice;

    /// <summary>The setting and the cluster do not go together.</summary>
    public sealed record Rejected(string Reason) : VenueChoice;

    /// <param name="setting">auto, raydium or local, in any case.</param>
    /// <param name="genesisHash">Of the cluster, base58.</param>
    /// <param name="hasMainnetProgram">Whether Raydium's program is there under its mainnet id.</param>
    /// <param name="hasDevnetProgram">The same for the devnet id.</param>
    public static VenueChoice Of(string setting, string genesisHash, bool hasMainnetProgram, bool hasDevnetProgram)
    {
        var isMainnet = genesisHash == MainnetGenesisHash;
        if (setting.Equals("local", StringComparison.OrdinalIgnoreCase))
        {
            return isMainnet
                ? new Rejected("The local liquidity venue locks real money for good. Set LIQUIDITY_VENUE to auto or raydium on mainnet.")
                : new Local();
        }

        // Devnet has programs under both ids at times; the official one is its own.
        var (first, second) =
            genesisHash == DevnetGenesisHash
                ? ((hasDevnetProgram, RaydiumCpmmCluster.Devnet), (hasMainnetProgram, RaydiumCpmmCluster.Mainnet))
                : ((hasMainnetProgram, RaydiumCpmmCluster.Mainnet), (hasDevnetProgram, RaydiumCpmmCluster.Devnet));
        if (first.Item1)
        {
            return new Raydium(first.Item2);
        }
        if (second.Item1 && !isMainnet)
        {
            return new Raydium(second.Item2);
        }

        return isMainnet || setting.Equals("raydium", StringComparison.OrdinalIgnoreCase)
            ? new Rejected("Raydium's CPMM program is not on this cluster.")
            : new Local();
    }
}
