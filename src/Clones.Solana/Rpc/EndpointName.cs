namespace Clones.Solana.Rpc;

/// <summary>What may be shown of an endpoint. Providers put API keys into user info, path and query alike.</summary>
public static class EndpointName
{
    public static string Of(Uri endpoint) => endpoint.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
}
