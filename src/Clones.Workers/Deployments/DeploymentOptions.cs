using System.ComponentModel.DataAnnotations;

namespace Clones.Workers.Deployments;

/// <summary>Settings of the deployments, each from the environment variable that its comment names.</summary>
internal sealed class DeploymentOptions
{
    /// <summary><c>LIQUIDITY_VENUE</c>: auto, raydium or local.</summary>
    [RegularExpression("(?i)auto|raydium|local", ErrorMessage = "Set LIQUIDITY_VENUE to auto, raydium or local.")]
    public string LiquidityVenue { get; set; } = "auto";

    /// <summary><c>RAYDIUM_CONFIG_INDEX</c>: the fee tier of new pools, 0-65535.</summary>
    public ushort RaydiumConfigIndex { get; set; }

    /// <summary>
    /// <c>TOKEN_METADATA_URI</c>: link that goes into the token, with <c>{agentId}</c> in the place of the agent's id; empty for none.
    /// </summary>
    [RegularExpression(
        "https?://.{1,150}",
        ErrorMessage = "Set TOKEN_METADATA_URI to an http(s) link of at most 150 characters, or leave it out."
    )]
    public string TokenMetadataUri { get; set; } = "";

    /// <summary><c>DEPLOYMENT_PRIORITY_FEE_MAX</c>: ceiling of the price per compute unit, in millionths of a lamport.</summary>
    public ulong PriorityFeeMicroLamportsMax { get; set; } = 500_000;

    public string MetadataUriOf(Guid agentId) => TokenMetadataUri.Replace("{agentId}", agentId.ToString(), StringComparison.Ordinal);
}
