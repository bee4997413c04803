namespace Clones.Messaging.Inbox;

/// <summary>The mark that one consumer has handled one message. Written in the transaction that holds the message's effects.</summary>
public sealed class InboxState
{
    /// <summary>Transport message id, or the id derived from the message where the sender gave none.</summary>
    public Guid MessageId { get; set; }

    /// <summary>Stable hash of consumer, message type and endpoint name, given by MassTransit.</summary>
    public Guid ConsumerId { get; set; }

    /// <summary>
    /// The later of the id's own time and the time of handling: the mark may be purged only once the watermark has passed it.
    /// Infinity where the id carries no time, so that nothing but this row could tell a duplicate.
    /// </summary>
    public DateTime KeepUntil { get; set; }

    /// <summary>Fingerprint of the message body, to distinguish a duplicate from another message under a reused id.</summary>
    public long Fingerprint { get; set; }
}
