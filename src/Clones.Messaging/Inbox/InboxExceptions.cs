namespace Clones.Messaging.Inbox;

/// <summary>The message is rejected by the inbox; trying again cannot help, so it goes to the error queue at once.</summary>
public abstract class InboxException(string message) : Exception(message);

/// <summary>The message is older than the inbox remembers, so nobody can tell whether it was handled.</summary>
public sealed class MessageTooOldException(Guid messageId, DateTime sent)
    : InboxException(
        $"Message {messageId} was sent {sent:yyyy-MM-dd HH:mm}Z, before the time from which handled messages are remembered. It may have been "
            + "handled already. If it was not, publish its content again under a new message id."
    );

/// <summary>Two different messages came under one id.</summary>
public sealed class MessageIdReusedException(Guid messageId)
    : InboxException($"Message id {messageId} was used before by a message with another content. Publish it again under an id of its own.");
