namespace Clones.Domain.Keys;

/// <summary>
/// A walk over all stored keys that encrypts anew what is not under the current master key. Each step is one message and one commit: whatever
/// dies, the message comes again and goes on where the last commit left it.
/// </summary>
public sealed class KeySweep
{
    public const int KeysPerSecondDefault = 2_500;

    public required Guid Id { get; init; }

    /// <summary>Number of the step that is next; a message for another is a duplicate.</summary>
    public int Step { get; set; }

    /// <summary>1, 2, ..: keys that payments held were passed over, and are searched for again.</summary>
    public int Pass { get; set; } = 1;

    /// <summary><see cref="WalletKeyEvent.Deposit"/>, then <see cref="WalletKeyEvent.Mint"/>.</summary>
    public string Purpose { get; set; } = WalletKeyEvent.Deposit;

    /// <summary>Keys up to this id are done in this pass.</summary>
    public Guid Cursor { get; set; }
    public required int KeysPerSecondMax { get; init; }

    /// <summary>Keys that were not under the current master key at the start.</summary>
    public long Total { get; set; }
    public long Migrated { get; set; }

    /// <summary>Keys that do not open, or could not be encrypted anew; each has a row in <c>wallet_key_events</c>.</summary>
    public long Failed { get; set; }

    /// <summary>The master key that was current at the last step.</summary>
    public string? ToKey { get; set; }
    public required DateTimeOffset RequestedAt { get; init; }
    public DateTimeOffset? StartedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public DateTimeOffset? FinishedAt { get; set; }
}
