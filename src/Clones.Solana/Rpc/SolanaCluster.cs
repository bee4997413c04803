namespace Clones.Solana.Rpc;

/// <summary>The public clusters by their genesis hashes: nothing else on a cluster is as stable, and no other cluster can have it.</summary>
public static class SolanaCluster
{
    public const string MainnetGenesisHash = "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d";
    public const string DevnetGenesisHash = "EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG";
    public const string TestnetGenesisHash = "4uhcVJyU9pJkvQyS88uRDiswHXSCkY3zQawwpjk2NsNY";

    /// <summary>mainnet-beta, devnet or testnet; any other cluster is called localnet.</summary>
    public static string NameOf(string genesisHash) =>
        genesisHash switch
        {
            MainnetGenesisHash => "mainnet-beta",
            DevnetGenesisHash => "devnet",
            TestnetGenesisHash => "testnet",
            _ => "localnet",
        };
}
