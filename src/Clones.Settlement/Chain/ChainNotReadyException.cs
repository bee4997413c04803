using Clones.Solana.Rpc;

namespace Clones.Settlement.Chain;

/// <summary>
/// What the nodes say does not add up to a message yet: the one that answered does not know the blockhash (too new for it, or over), is behind
/// what was already known of the transaction, or is alone in rejecting it. That says nothing of the transaction, so it is no reason to give
/// one up; it is tried again.
/// </summary>
/// <param name="reason">For anybody: it names no node.</param>
/// <param name="nodes">What each node said, for operators; null where there is no more to say.</param>
internal sealed class ChainNotReadyException(string reason, string? nodes = null) : Exception(reason), INodeFailure
{
    public string Diagnosis => nodes is null ? Message : $"{Message} {nodes}";

    public override string ToString() => $"{Diagnosis}{Environment.NewLine}{base.ToString()}";
}
