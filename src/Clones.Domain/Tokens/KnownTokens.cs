using Clones.Solana.Rpc;

namespace Clones.Domain.Tokens;

/// <summary>Tokens whose mint is known without looking it up: nobody lists another mint under their symbol on that cluster.</summary>
public static class KnownTokens
{
    public const string Usdc = "USDC";
    public const string Clones = "CLONES";

    // Circle, "USDC contract addresses": developers.circle.com/stablecoins/usdc-contract-addresses.
    private const string UsdcMainnet = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v";
    private const string UsdcDevnet = "4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU";

    /// <param name="genesisHash">Of the cluster, base58.</param>
    /// <param name="clonesMint">Mint of CLONES on this cluster, base58; null where no setting names it.</param>
    /// <returns>Mints by symbol.</returns>
    public static IReadOnlyDictionary<string, string> On(string genesisHash, string? clonesMint)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        if (genesisHash is SolanaCluster.MainnetGenesisHash or SolanaCluster.DevnetGenesisHash)
        {
            known[Usdc] = genesisHash == SolanaCluster.MainnetGenesisHash ? UsdcMainnet : UsdcDevnet;
        }
        if (clonesMint is not null)
        {
            known[Clones] = clonesMint;
        }
        return known;
    }
}
