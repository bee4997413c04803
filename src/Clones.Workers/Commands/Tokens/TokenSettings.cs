using Clones.Hosting;
using Clones.Solana.Primitives;

namespace Clones.Workers.Commands.Tokens;

/// <param name="ClonesMint">Mint of CLONES on the configured cluster, base58; null where no setting names it.</param>
/// <param name="KeypairPath">Of the development wallet; null where no setting names it.</param>
internal sealed record TokenSettings(string? ClonesMint, string? KeypairPath)
{
    public const string ClonesMintSetting = "CLONES_TOKEN_MINT";

    /// <exception cref="ConfigurationMissingException">The mint is no address.</exception>
    public static TokenSettings Read(IConfiguration configuration)
    {
        var mint = configuration[ClonesMintSetting];
        if (string.IsNullOrWhiteSpace(mint))
        {
            mint = null;
        }
        else if (!PublicKey.TryParse(mint, out _))
        {
            throw new ConfigurationMissingException(
                $"{ClonesMintSetting} is no base58 address of 32 bytes. Set it to the mint of CLONES on the cluster of SOLANA_RPC_URLS, or leave it out."
            );
        }
        return new TokenSettings(mint, configuration[DevelopmentWallet.Setting]);
    }

    /// <exception cref="ConfigurationMissingException">No setting names it.</exception>
    public DevelopmentWallet Wallet() =>
        string.IsNullOrWhiteSpace(KeypairPath)
            ? throw new ConfigurationMissingException(
                $"{DevelopmentWallet.Setting} is missing. Set it to the file of the development wallet's keypair; it is made on first use."
            )
            : new DevelopmentWallet(KeypairPath);
}
