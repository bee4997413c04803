namespace Clones.Solana.Rpc;

/// <summary>
/// A failure described twice: <see cref="Exception.Message"/> is for anybody (it ends up in reasons, problem documents and events) and says nothing of
/// nodes; <see cref="Diagnosis"/> is for operators (logs, health, evidence) and names them.
/// </summary>
public interface INodeFailure
{
    string Diagnosis { get; }
}

public static class NodeFailure
{
    /// <summary>What operators read of it.</summary>
    public static string Diagnosis(this Exception failure) => failure is INodeFailure node ? node.Diagnosis : failure.Message;
}
