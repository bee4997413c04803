using Microsoft.AspNetCore.Http;

namespace Clones.Testing.Transit;

/// <summary>What the stand-in was asked.</summary>
/// <param name="Token">X-Vault-Token.</param>
/// <param name="Namespace">X-Vault-Namespace.</param>
/// <param name="HasRequestHeader">X-Vault-Request: true.</param>
public sealed record TransitStandInRequest(string Method, string Path, string? Token, string? Namespace, bool HasRequestHeader, string Body)
{
    /// <summary>keys, encrypt, decrypt, ..</summary>
    public string Operation => Path.Split('/')[^2];

    internal static TransitStandInRequest Of(HttpRequest request, string body) =>
        new(
            request.Method,
            request.Path,
            request.Headers["X-Vault-Token"],
            request.Headers["X-Vault-Namespace"],
            request.Headers["X-Vault-Request"] == "true",
            body
        );
}
