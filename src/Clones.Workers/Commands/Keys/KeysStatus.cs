using Clones.Custody;
using Clones.Domain.Keys;
using Clones.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Clones.Workers.Commands.Keys;

/// <summary><c>keys status</c>. Which master key is written with it can tell only where there are master keys.</summary>
internal sealed class KeysStatus(
    ClonesDbContext db,
    KeyInventory census,
    TimeProvider time,
    MasterKeys? masters = null,
    ConfiguredVersions? configured = null
)
{
    private static readonly TimeSpan Lately = TimeSpan.FromDays(1);

    /// <returns>1 where there is something to act on.</returns>
    public async Task<int> WriteAsync(TextWriter output, CancellationToken cancellationToken)
    {
        // Where Vault has not answered, its version is none.
        var current = masters?.Current is { } name && MasterKeyName.IsOne(name) ? name : null;
        var lines = WithLineOf(current, await census.ReadAsync(cancellationToken));
        var retired = await RetiredAsync(cancellationToken);
        await output.WriteLineAsync($"{"master key", -14} {"wallets", 10} {"mints", 10} {"encryptions", 14}");
        var isWell = true;
        foreach (var line in lines)
        {
            List<string> alarms = [.. Alarms(line, retired)];
            isWell &= alarms.Count == 0;
            IEnumerable<string> notes = [.. alarms, .. Remarks(line, retired, current)];
            await output.WriteLineAsync(
                $"{line.MasterKey, -14} {line.Wallets, 10} {line.Mints, 10} {line.Encryptions, 14}  {string.Join("; ", notes)}".TrimEnd()
            );
        }

        await output.WriteLineAsync(Outlook(current, lines));
        var failures = await census.FailuresSinceAsync(time.GetUtcNow() - Lately, cancellationToken);
        await output.WriteLineAsync($"failures in the last 24 h: {failures}");
        foreach (var failure in await LastFailuresAsync(cancellationToken))
        {
            await output.WriteLineAsync(
                $"  {failure.OccurredAt:u} {failure.Purpose} key {failure.KeyId:D} ({failure.Address}): {failure.Detail}"
            );
        }
        var unusable = await db.UnusableKeys.CountAsync(cancellationToken);
        await output.WriteLineAsync($"keys that did not open when they were last tried: {unusable}");
        foreach (var key in await LongestUnusableAsync(cancellationToken))
        {
            await output.WriteLineAsync($"  since {key.FailedSince:u}, {key.FailedTries} times: {key.Reason}");
        }
        var sweep = await db.KeySweeps.AsNoTracking().OrderByDescending(s => s.RequestedAt).FirstOrDefaultAsync(cancellationToken);
        if (sweep is not null)
        {
            await output.WriteLineAsync(SweepWatch.Describe(sweep));
        }
        return isWell && failures == 0 && unusable == 0 ? KeysCommand.Well : KeysCommand.NotWell;
    }

    /// <summary>What is under a newer one does not come back: another host writes with that.</summary>
    public static string Outlook(string? current, IReadOnlyList<KeyCensusLine> lines)
    {
        if (current is null)
        {
            return "written with: not known here: there are no master keys, or Vault does not answer";
        }
        var newer = Stored(l => MasterKeyName.IsLaterVersion(l.MasterKey, current));
        var waiting = Stored(l => l.MasterKey != current && l.MasterKey != Unknown) - newer;
        List<string> parts = [$"written with: {current}"];
        if (waiting > 0)
        {
            parts.Add($"{Keys(waiting)} not under {current}: keys sweep, or their next use");
        }
        if (newer > 0)
        {
            parts.Add($"{Keys(newer)} under a newer one, that another host writes with");
        }
        return string.Join("; ", parts);

        long Stored(Func<KeyCensusLine, bool> isMeant) => lines.Where(isMeant).Sum(l => l.Wallets + l.Mints);
        static string Keys(long count) => count == 1 ? "1 key is" : $"{count} keys are";
    }

    private const string Unknown = "unknown";

    private static IReadOnlyList<KeyCensusLine> WithLineOf(string? current, IReadOnlyList<KeyCensusLine> lines) =>
        current is null || lines.Any(l => l.MasterKey == current)
            ? lines
            : [.. lines.Append(new KeyCensusLine(current, 0, 0, 0)).OrderBy(l => l.MasterKey, StringComparer.Ordinal)];

    private static IEnumerable<string> Alarms(KeyCensusLine line, HashSet<string> retired)
    {
        var isStored = line.Wallets + line.Mints > 0;
        if (line.MasterKey == MasterKeyName.Plaintext && isStored)
        {
            yield return "NOT ENCRYPTED: sweep";
        }
        if (line.MasterKey == Unknown && isStored)
        {
            yield return "IN NO KNOWN FORM";
        }
        if (EncryptionLimit.WarningOf(line.MasterKey, line.Encryptions) is { } warning)
        {
            yield return warning;
        }
        if (retired.Contains(line.MasterKey) && isStored)
        {
            yield return "RETIRED, and needed again: a backup was restored?";
        }
    }

    private IEnumerable<string> Remarks(KeyCensusLine line, HashSet<string> retired, string? current)
    {
        if (line.MasterKey == current)
        {
            yield return "written with";
        }
        if (retired.Contains(line.MasterKey) && line.Wallets + line.Mints == 0)
        {
            yield return configured?.MayOpen(line.MasterKey) == false ? "retired" : "retired: its secret may go";
        }
    }

    private async Task<HashSet<string>> RetiredAsync(CancellationToken cancellationToken)
    {
        var names = await db
            .KeyEvents.Where(e => e.Kind == KeyEventKind.Retired)
            .Select(e => e.FromKey!)
            .Distinct()
            .ToListAsync(cancellationToken);
        return [.. names.SelectMany(MasterKeyName.NeedingIt)];
    }

    private Task<List<UnusableKey>> LongestUnusableAsync(CancellationToken cancellationToken) =>
        db.UnusableKeys.AsNoTracking().OrderBy(k => k.FailedSince).Take(5).ToListAsync(cancellationToken);

    private Task<List<WalletKeyEvent>> LastFailuresAsync(CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow() - Lately;
        return db
            .KeyEvents.AsNoTracking()
            .Where(e => e.Kind == KeyEventKind.Failed && e.OccurredAt >= since)
            .OrderByDescending(e => e.Id)
            .Take(5)
            .ToListAsync(cancellationToken);
    }
}
