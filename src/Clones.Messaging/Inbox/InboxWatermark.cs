namespace Clones.Messaging.Inbox;

/// <summary>
/// The instant before which inbox marks may have been purged. One row at most; a message whose id is older, and whose mark is absent,
/// is rejected because nobody can tell any more whether it was handled.
/// </summary>
public sealed class InboxWatermark
{
    /// <summary>Always 1.</summary>
    public int Id { get; set; }

    public DateTime PurgedBefore { get; set; }

    /// <summary>When <see cref="PurgedBefore"/> was last moved: marks are deleted only a safe while after that.</summary>
    public DateTime MovedAt { get; set; }
}
