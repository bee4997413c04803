using Clones.Solana.Primitives;

namespace Clones.Solana.Rpc;

/// <summary>What one endpoint said to a transaction: accepted with its signature, or an error. An error never proves that it will not land.</summary>
/// <param name="Endpoint">Scheme, host and port.</param>
public sealed record BroadcastResult(string Endpoint, Signature? Accepted, RpcException? Error)
{
    /// <summary>Taken by the node, or known to it already.</summary>
    public bool IsInFlight => Accepted is not null || Error is RpcErrorException { IsAlreadyProcessed: true };
}
