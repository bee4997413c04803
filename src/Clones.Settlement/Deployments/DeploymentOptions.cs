using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Numerics;
using Clones.Hosting;

namespace Clones.Settlement.Deployments;

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

    /// <exception cref="ConfigurationMissingException">A setting cannot be used; the message says what to set.</exception>
    public static DeploymentOptions Read(IConfiguration configuration)
    {
        var options = new DeploymentOptions();
        options.LiquidityVenue = configuration["LIQUIDITY_VENUE"] is { Length: > 0 } venue ? venue : options.LiquidityVenue;
        options.TokenMetadataUri = configuration["TOKEN_METADATA_URI"] ?? options.TokenMetadataUri;
        options.RaydiumConfigIndex = Number(configuration, "RAYDIUM_CONFIG_INDEX", options.RaydiumConfigIndex);
        options.PriorityFeeMicroLamportsMax = Number(configuration, "DEPLOYMENT_PRIORITY_FEE_MAX", options.PriorityFeeMicroLamportsMax);
        var failures = new List<ValidationResult>();
        return Validator.TryValidateObject(options, new ValidationContext(options), failures, validateAllProperties: true)
            ? options
            : throw new ConfigurationMissingException(string.Join(' ', failures.Select(failure => failure.ErrorMessage)));
    }

    public string MetadataUriOf(Guid agentId) => TokenMetadataUri.Replace("{agentId}", agentId.ToString(), StringComparison.Ordinal);

    private static T Number<T>(IConfiguration configuration, string name, T otherwise)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T> =>
        configuration[name] is not { Length: > 0 } text ? otherwise
        : T.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new ConfigurationMissingException($"Set {name} to a whole number of at most {T.MaxValue}, or leave it out.");
}
