namespace Clones.Domain.Ledger;

/// <summary>
/// The one row that says whether anything may be signed, with the identity of the database that it was written in. A copy that was restored
/// from a backup has another, and there nothing is signed until the chain has been read.
/// </summary>
public sealed class SigningFence
{
    public const int TheOne = 1;

    public required int Id { get; init; }

    /// <summary>Counts how often it was raised, so that what was found out about one raising never lifts the next.</summary>
    public required long Raising { get; set; }
    public required FenceState State { get; set; }

    /// <summary>Names the server's data, its timeline, the database and this very table: see <c>SigningFenceRows</c>.</summary>
    public required string Identity { get; set; }

    /// <summary>
    /// What was signed before it was raised is expired or final once the finalized block height is past this. Null until a node has named the
    /// height of the chain.
    /// </summary>
    public ulong? BlockHeight { get; set; }

    /// <summary>Raised by hand, to stay until it is released by hand.</summary>
    public bool Held { get; set; }

    /// <summary>For people.</summary>
    public string? Reason { get; set; }
    public DateTimeOffset? RaisedAt { get; set; }
    public DateTimeOffset? OpenedAt { get; set; }
}

/// <summary>Stored as OPEN, RAISED.</summary>
public enum FenceState
{
    Open,

    /// <summary>Nothing is signed. Sending and watching go on.</summary>
    Raised,
}
