using System.Text.Json;

namespace Clones.Solana.Rpc;

/// <summary>The node answered with the error object of JSON-RPC; <see cref="RpcException.Fault"/> says what that means.</summary>
public sealed class RpcErrorException : RpcException
{
    internal RpcErrorException(Uri endpoint, string method, int httpStatus, long code, string message, JsonElement? data)
        : base(
            endpoint,
            method,
            $"{(httpStatus is >= 200 and <= 299 ? "" : $"HTTP status {httpStatus}, ")}error {code}: {message}",
            RpcErrorCodes.FaultOf(httpStatus, method, code)
        )
    {
        Code = code;
        ErrorMessage = message;
        Data = data;
        if (Fault == RpcFault.Request && code == RpcErrorCodes.PreflightFailure && data is { ValueKind: JsonValueKind.Object } failure)
        {
            Preflight = TryReadPreflight(failure);
        }
    }

    /// <summary>See <see cref="RpcErrorCodes"/>.</summary>
    public long Code { get; }

    /// <summary>The node's own words, with anything as long as a transaction taken out.</summary>
    public string ErrorMessage { get; }

    /// <summary>The node's further data, as it came; null when there is none.</summary>
    public new JsonElement? Data { get; }

    /// <summary>How the simulation before sending went; only for <see cref="RpcErrorCodes.PreflightFailure"/>.</summary>
    public SimulationResult? Preflight { get; }

    /// <summary>The node has seen this very transaction already: it is in flight or has landed.</summary>
    public bool IsAlreadyProcessed => Preflight?.Err == TransactionErr.AlreadyProcessed;

    private static SimulationResult? TryReadPreflight(JsonElement data)
    {
        try
        {
            return RpcReaders.Simulation(data);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
