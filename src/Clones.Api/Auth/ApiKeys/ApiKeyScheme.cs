using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Clones.Api.Auth.ApiKeys;

/// <summary>Authenticates <c>X-Api-Key</c> and <c>Authorization: ApiKey</c> against the stored hashes.</summary>
internal sealed class ApiKeyScheme(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    ApiKeyReader keys
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Name = "ApiKey";
    public const string Header = "X-Api-Key";
    private const string Prefix = "ApiKey ";
    private const int LengthMax = 200;

    public static bool IsUsedBy(HttpRequest request) =>
        request.Headers.ContainsKey(Header)
        || request.Headers.Authorization.ToString().StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    public static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var key = Request.Headers.TryGetValue(Header, out var given)
            ? given.ToString()
            : Request.Headers.Authorization.ToString()[Prefix.Length..].Trim();
        if (key.Length is 0 or > LengthMax)
        {
            return AuthenticateResult.Fail("No key.");
        }

        if (await keys.FindAsync(HashOf(key), Context.RequestAborted) is not { } known)
        {
            return AuthenticateResult.Fail("Unknown or revoked key.");
        }

        var identity = new ClaimsIdentity(
            [new Claim(Caller.ApiKeyClaim, known.Id.ToString()), .. known.Scopes.Select(s => new Claim(Caller.ScopeClaim, s))],
            Name
        );
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Name));
    }
}
