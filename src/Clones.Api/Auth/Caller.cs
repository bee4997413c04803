using System.Reflection;
using System.Security.Claims;
using Clones.Api.Problems;
using Clones.Solana.Primitives;

namespace Clones.Api.Auth;

/// <summary>Who sent the request: an owner by their wallet, or an API key with scopes.</summary>
/// <param name="Id"><c>wallet:&lt;address&gt;</c> or <c>api-key:&lt;id&gt;</c>; stored as actor and caller.</param>
/// <param name="Wallet">Null for an API key.</param>
internal sealed record Caller(string Id, PublicKey? Wallet, IReadOnlySet<string> Scopes)
{
    public const string WalletClaim = "sub";
    public const string ApiKeyClaim = "api_key";
    public const string ScopeClaim = "scope";

    public static ValueTask<Caller?> BindAsync(HttpContext context, ParameterInfo parameter) => ValueTask.FromResult(From(context.User));

    public static Caller? From(ClaimsPrincipal user)
    {
        if (user.FindFirstValue(ApiKeyClaim) is { } keyId)
        {
            return new Caller($"api-key:{keyId}", null, user.FindAll(ScopeClaim).Select(c => c.Value).ToHashSet());
        }

        return PublicKey.TryParse(user.FindFirstValue(WalletClaim), out var wallet)
            ? new Caller($"wallet:{wallet}", wallet, new HashSet<string>())
            : null;
    }

    public bool Has(string scope) => Scopes.Contains(scope);

    public bool Owns(string ownerAddress) => Wallet?.ToString() == ownerAddress;

    /// <summary>Whether this caller may know of what the owner owns.</summary>
    public bool MayRead(string ownerAddress) => Owns(ownerAddress) || Has(Auth.Scopes.Ops);

    /// <exception cref="ProblemException">The caller is an API key.</exception>
    public PublicKey OwnWallet() =>
        Wallet
        ?? throw new ProblemException(new Problem(403, ProblemCode.Forbidden, "Only an owner who signed in with a wallet may do this."));
}
