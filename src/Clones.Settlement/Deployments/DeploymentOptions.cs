using System.ComponentModel.DataAnnotations;
using Clones.Hosting;

namespace Clones.Settlement.Deployments;

internal sealed class DeploymentOptions
{
    [Variable("LIQUIDITY_VENUE")]
    [RegularExpression("(?i)auto|raydium|local", ErrorMessage = "must be auto, raydium or local.")]
    public string LiquidityVenue { get; init; } = "auto";

    /// <summary>The fee tier of new liquidity pools on Raydium.</summary>
    [Variable("RAYDIUM_CONFIG_INDEX")]
    [Range(ushort.MinValue, ushort.MaxValue, ErrorMessage = "must be a whole number from 0 to 65535.")]
    public ushort RaydiumConfigIndex { get; init; }

    /// <summary>Link that goes into the token, with <c>{agentId}</c> in the place of the agent's id; empty for none.</summary>
    [Variable("TOKEN_METADATA_URI")]
    [RegularExpression("https?://.{1,150}", ErrorMessage = "must be an http(s) link of at most 150 characters.")]
    public string TokenMetadataUri { get; init; } = "";

    /// <summary>Ceiling of the price per compute unit, in millionths of a lamport.</summary>
    [Variable("DEPLOYMENT_PRIORITY_FEE_MAX")]
    [Range(typeof(ulong), "0", "18446744073709551615", ErrorMessage = "must be a whole number, 0 or more.")]
    public ulong PriorityFeeMicroLamportsMax { get; init; } = 500_000;

    public string MetadataUriOf(Guid agentId) => TokenMetadataUri.Replace("{agentId}", agentId.ToString(), StringComparison.Ordinal);
}
