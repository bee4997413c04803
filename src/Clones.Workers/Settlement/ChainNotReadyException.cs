namespace Clones.Workers.Settlement;

/// <summary>
/// What the nodes say does not add up to a message yet: the one that answered does not know the blockhash (too new for it, or over), is behind
/// what was already known of the transaction, or is alone in refusing it. That says nothing of the transaction, so it is no reason to give
/// one up; it is tried again.
/// </summary>
internal sealed class ChainNotReadyException(string reason) : Exception(reason);
