using System.Text;
using Clones.Hosting;

namespace Clones.Api.Auth;

/// <summary>Read from the environment once, at start.</summary>
internal sealed class AuthOptions
{
    private const int KeyLengthMin = 32;

    public static TimeSpan ChallengeLifetime { get; } = TimeSpan.FromMinutes(5);
    public static TimeSpan TokenLifetime { get; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a wallet may refresh before it must sign again.</summary>
    public static TimeSpan SessionLifetime { get; } = TimeSpan.FromDays(30);

    /// <summary>UTF-8 bytes of CLONES_AUTH_TOKEN_KEY; signs tokens, and cursors through a derived key.</summary>
    public required byte[] TokenKey { get; init; }

    /// <summary>Host that the sign-in message names; a wallet shows it to its owner.</summary>
    public required string Domain { get; init; }

    /// <summary>Cluster that the sign-in message names: mainnet, devnet, testnet or localnet.</summary>
    public required string Chain { get; init; }

    /// <summary>Keys that are there from the first start; null where none is set.</summary>
    public string? OperatorApiKey { get; init; }
    public string? ServiceApiKey { get; init; }

    /// <exception cref="ConfigurationMissingException">A setting is missing or wrong; the message says what to set.</exception>
    public static AuthOptions Read(IConfiguration configuration)
    {
        var tokenKey = configuration["CLONES_AUTH_TOKEN_KEY"];
        if (tokenKey is null || tokenKey.Length < KeyLengthMin)
        {
            throw new ConfigurationMissingException(
                $"Set CLONES_AUTH_TOKEN_KEY to at least {KeyLengthMin} random characters, e.g. from: openssl rand -base64 48"
            );
        }

        return new AuthOptions
        {
            TokenKey = Encoding.UTF8.GetBytes(tokenKey),
            Domain = Line(configuration, "CLONES_AUTH_DOMAIN", "localhost"),
            Chain = Line(configuration, "CLONES_AUTH_CHAIN", "localnet"),
            OperatorApiKey = BootstrapKey(configuration, "CLONES_OPERATOR_API_KEY"),
            ServiceApiKey = BootstrapKey(configuration, "CLONES_SERVICE_API_KEY"),
        };
    }

    private static string Line(IConfiguration configuration, string name, string fallback)
    {
        var value = configuration[name] is { Length: > 0 } given ? given : fallback;
        return value.Any(c => c is <= ' ' or > '~')
            ? throw new ConfigurationMissingException($"Set {name} to one word without spaces.")
            : value;
    }

    private static string? BootstrapKey(IConfiguration configuration, string name) =>
        configuration[name] switch
        {
            null or "" => null,
            { Length: < KeyLengthMin } => throw new ConfigurationMissingException(
                $"Set {name} to at least {KeyLengthMin} random characters, or leave it out."
            ),
            var key => key,
        };
}
