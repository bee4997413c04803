namespace Clones.Messaging.Bus;

/// <summary>
/// The message itself is wrong and will be wrong tomorrow: no retry, straight to the error queue, where the reason is read in the management
/// UI. The text must hold no secret.
/// </summary>
public sealed class UnacceptableMessageException(string reason) : Exception(reason);
