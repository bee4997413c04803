namespace Clones.Custody;

/// <summary>What rows and log show of a master key.</summary>
/// <param name="IsKnown">Whether a row is under it, or the log names it.</param>
/// <param name="Rows">Stored keys that need it.</param>
/// <param name="LastNeeded">When the last key that needed it was written, or came under another; null where the log knows of none.</param>
/// <param name="LogBegun">Nothing is known of what was before.</param>
internal sealed record KeyPast(bool IsKnown, long Rows, DateTimeOffset? LastNeeded, DateTimeOffset LogBegun);

/// <summary>Whether a master key is needed no more. Who throws away one that is needed loses wallets.</summary>
internal static class RetirementRule
{
    /// <summary>
    /// A row leaves at its commit, by the database's clock; the log has the worker's clock, a moment before. And what another replica has
    /// encrypted but not committed is in neither.
    /// </summary>
    public static readonly TimeSpan Margin = TimeSpan.FromMinutes(15);

    /// <param name="masterKey">The one to retire.</param>
    /// <param name="past">Of it.</param>
    /// <param name="current">The master key that this host writes with.</param>
    /// <param name="oldestRestorePoint">The oldest backup or point in time that would ever be restored; null where there is none at all.</param>
    /// <param name="now">By this host's clock.</param>
    /// <returns>Why not; null where it may be retired.</returns>
    public static string? Reject(string masterKey, KeyPast past, string current, DateTimeOffset? oldestRestorePoint, DateTimeOffset now)
    {
        if (oldestRestorePoint > now)
        {
            return $"--oldest-restore-point {oldestRestorePoint:u} is later than now, {now:u}. "
                + "Name the time of the oldest backup that you would still restore.";
        }
        if (masterKey == current)
        {
            return $"{masterKey} is the one that is written with. Set a newer one, and sweep first.";
        }
        if (MasterKeyName.IsLaterVersion(masterKey, current))
        {
            return $"{masterKey} is newer than {current}, which this host writes with: a replica may write with it already.";
        }
        if (!past.IsKnown)
        {
            return $"{masterKey} is not known here: no key was ever under it.";
        }
        if (past.Rows > 0)
        {
            return $"{past.Rows} stored keys need {masterKey}. Run \"keys sweep\", and check \"keys status\".";
        }

        // Before the log began anything may have been under it.
        var lastNeeded = past.LastNeeded ?? past.LogBegun;
        var neededUntil = lastNeeded + Margin;
        if (oldestRestorePoint < neededUntil)
        {
            return $"The restore point of {oldestRestorePoint:u} may hold keys that need {masterKey}: the last came under another at "
                + $"{lastNeeded:u}. Keep its secret until the oldest restore point is later than {neededUntil:u}.";
        }
        return now < neededUntil
            ? $"The last key that needed {masterKey} came under another at {lastNeeded:u}, and a replica may just be storing one more. "
                + $"Wait until {neededUntil:u}, and ask again."
            : null;
    }
}
