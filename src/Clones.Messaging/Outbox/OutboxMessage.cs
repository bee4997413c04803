namespace Clones.Messaging.Outbox;

/// <summary>A message that was committed together with its cause and is to be given to the broker. Deleted once the broker confirmed it.</summary>
public sealed class OutboxMessage
{
    public long SequenceNumber { get; set; }

    /// <summary>Rows with the same key reach the broker in the order of <see cref="SequenceNumber"/>; null where order does not matter.</summary>
    public string? PartitionKey { get; set; }

    /// <summary>From here on any process may claim the row: the end of a lease, of a back-off, or of a requested delay.</summary>
    public DateTime AvailableAt { get; set; }

    /// <summary>The dispatcher that holds the lease, null when free.</summary>
    public Guid? LeaseOwner { get; set; }

    /// <summary>Failed sends of this message, outages of the broker not counted.</summary>
    public int Attempts { get; set; }

    /// <summary>What the last failed send said, at most 1,000 characters.</summary>
    public string? LastError { get; set; }

    public Guid MessageId { get; set; }
    public Guid? RequestId { get; set; }
    public Guid? CorrelationId { get; set; }
    public Guid? ConversationId { get; set; }
    public Guid? InitiatorId { get; set; }
    public string? SourceAddress { get; set; }
    public string DestinationAddress { get; set; } = "";
    public string? ResponseAddress { get; set; }
    public string? FaultAddress { get; set; }

    /// <summary>Message type names (URNs) joined by semicolons.</summary>
    public string MessageType { get; set; } = "";

    public string ContentType { get; set; } = "";
    public DateTime SentTime { get; set; }
    public DateTime? ExpirationTime { get; set; }

    /// <summary>When a delayed message is due; null for one that is due at once.</summary>
    public DateTime? EnqueueTime { get; set; }

    /// <summary>Headers as a JSON object.</summary>
    public string? Headers { get; set; }

    /// <summary>Properties of the transport (routing key, priority, ..) as a JSON object.</summary>
    public string? Properties { get; set; }

    /// <summary>The body exactly as it goes to the broker.</summary>
    public string Body { get; set; } = "";
}
