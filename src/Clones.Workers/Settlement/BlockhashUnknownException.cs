namespace Clones.Workers.Settlement;

/// <summary>
/// The node that answered does not know the blockhash that was to be signed over (too new for it, or over), or is behind what was already
/// known of the transaction. That says nothing of the transaction, so it is no reason to give one up; it is tried again.
/// </summary>
internal sealed class BlockhashUnknownException(string reason = "The node does not know the latest blockhash.") : Exception(reason);
