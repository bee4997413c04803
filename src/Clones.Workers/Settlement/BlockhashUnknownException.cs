namespace Clones.Workers.Settlement;

/// <summary>
/// The node that answered does not know the blockhash that was to be signed over: too new for it, or over. That says nothing of the
/// transaction, so it is no reason to give one up; with a fresh blockhash it is tried again.
/// </summary>
internal sealed class BlockhashUnknownException() : Exception("The node does not know the latest blockhash.");
