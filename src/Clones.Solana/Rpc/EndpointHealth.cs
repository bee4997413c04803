namespace Clones.Solana.Rpc;

/// <summary>How one endpoint has been answering.</summary>
/// <param name="Endpoint">Scheme, host and port.</param>
/// <param name="ConsecutiveFailures">Zero when the last call brought an answer.</param>
/// <param name="PausedUntil">Reads go elsewhere until then; null when the endpoint is in use.</param>
/// <param name="LastFailure">Its text; or that our own limit kept a call from it; null when neither ever was. Safe to show.</param>
public sealed record EndpointHealth(string Endpoint, int ConsecutiveFailures, DateTimeOffset? PausedUntil, string? LastFailure)
{
    public bool IsHealthy => PausedUntil is null;
}
