namespace Clones.Workers.Keys;

/// <summary>Whether a master key is needed no more. Who throws away one that is needed loses wallets.</summary>
internal static class RetirementRule
{
    /// <summary>A row leaves at its commit, by the database's clock; the log has the worker's clock, a moment before.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromMinutes(15);

    /// <param name="masterKey">The one to retire.</param>
    /// <param name="rows">Stored keys that need it.</param>
    /// <param name="current">The master key that this host writes with.</param>
    /// <param name="lastNeeded">When the last key that needed it was written, or came under another; null where the log knows of none.</param>
    /// <param name="logBegun">Nothing is known of what was before.</param>
    /// <param name="oldestRestorePoint">The oldest backup or point in time that would ever be restored; null where there is none at all.</param>
    /// <returns>Why not; null where it may be retired.</returns>
    public static string? Refuse(
        string masterKey,
        long rows,
        string current,
        DateTimeOffset? lastNeeded,
        DateTimeOffset logBegun,
        DateTimeOffset? oldestRestorePoint
    )
    {
        if (masterKey == current)
        {
            return $"{masterKey} is the one that is written with. Set a newer one, and sweep first.";
        }
        if (rows > 0)
        {
            return $"{rows} stored keys need {masterKey}. Run \"keys sweep\", and look at \"keys status\".";
        }

        // Before the log began anything may have been under it.
        var neededUntil = (lastNeeded ?? logBegun) + Margin;
        return oldestRestorePoint < neededUntil
            ? $"The restore point of {oldestRestorePoint:u} may hold keys that need {masterKey}: the last came under another at "
                + $"{lastNeeded ?? logBegun:u}. Keep its secret until the oldest restore point is later than {neededUntil:u}."
            : null;
    }
}
