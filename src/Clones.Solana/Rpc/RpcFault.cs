namespace Clones.Solana.Rpc;

/// <summary>Whose fault an error is, and so what another node would say.</summary>
public enum RpcFault
{
    /// <summary>The node does not serve us: credentials, quota, a method that it lacks, a failure of its own. Others are asked, it is left alone.</summary>
    Node,

    /// <summary>The node is well and lacks what was asked for: others may have it.</summary>
    Data,

    /// <summary>The answer is about the request itself: every node would give it.</summary>
    Request,

    /// <summary>Nobody's: our own limit left the call no turn in time. It says nothing of the node, which is not left alone for it.</summary>
    Unasked,
}
