using System.ComponentModel.DataAnnotations;
using Clones.Hosting;
using Clones.Solana.Primitives;

namespace Clones.Workers.Commands.Tokens;

internal sealed class TokenSettings : IValidatableObject
{
    public const string ClonesMintSetting = "CLONES_TOKEN_MINT";

    /// <summary>Mint of CLONES on the configured cluster, base58; null where no setting names it.</summary>
    [Variable(ClonesMintSetting)]
    public string? ClonesMint { get; init; }

    /// <summary>Of the development wallet; null where no setting names it.</summary>
    [Variable(DevelopmentWallet.Setting)]
    public string? KeypairPath { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        ClonesMint is null || PublicKey.TryParse(ClonesMint, out _)
            ? []
            :
            [
                new(
                    "is no base58 address of 32 bytes. Set it to the mint of CLONES on the cluster of SOLANA_RPC_URLS, or leave it out.",
                    [nameof(ClonesMint)]
                ),
            ];

    /// <exception cref="ConfigurationMissingException">No setting names it.</exception>
    public DevelopmentWallet Wallet() =>
        string.IsNullOrWhiteSpace(KeypairPath)
            ? throw new ConfigurationMissingException(
                $"{DevelopmentWallet.Setting} is missing. Set it to the file of the development wallet's keypair; it is made on first use."
            )
            : new DevelopmentWallet(KeypairPath);
}
