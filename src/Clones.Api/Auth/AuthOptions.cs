using System.ComponentModel.DataAnnotations;
using System.Text;
using Clones.Hosting;

namespace Clones.Api.Auth;

internal sealed class AuthOptions
{
    private const string OneWord = "[!-~]+";
    private const string NotOneWord = "must be one word without spaces.";

    public static TimeSpan ChallengeLifetime { get; } = TimeSpan.FromMinutes(5);
    public static TimeSpan TokenLifetime { get; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a wallet may refresh before it must sign again.</summary>
    public static TimeSpan SessionLifetime { get; } = TimeSpan.FromDays(30);

    /// <summary>Signs tokens, and cursors through a derived key.</summary>
    [Variable("CLONES_AUTH_TOKEN_KEY"), Secret]
    public string TokenSecret { get; init; } = "";

    /// <summary>Host that the sign-in message names; a wallet shows it to its owner.</summary>
    [Variable("CLONES_AUTH_DOMAIN"), RegularExpression(OneWord, ErrorMessage = NotOneWord)]
    public string Domain { get; init; } = "localhost";

    /// <summary>Cluster that the sign-in message names: mainnet, devnet, testnet or localnet.</summary>
    [Variable("CLONES_AUTH_CHAIN"), RegularExpression(OneWord, ErrorMessage = NotOneWord)]
    public string Chain { get; init; } = "localnet";

    /// <summary>Keys that are there from the first start; null where none is set.</summary>
    [Variable("CLONES_OPERATOR_API_KEY"), Secret]
    public string? OperatorApiKey { get; init; }

    [Variable("CLONES_SERVICE_API_KEY"), Secret]
    public string? ServiceApiKey { get; init; }

    public byte[] TokenKey => Encoding.UTF8.GetBytes(TokenSecret);

    public bool IsOnMainnet => Chain.StartsWith("mainnet", StringComparison.OrdinalIgnoreCase);
}
