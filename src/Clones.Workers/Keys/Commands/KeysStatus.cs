using Clones.Persistence;
using Clones.Persistence.Keys;
using Microsoft.EntityFrameworkCore;

namespace Clones.Workers.Keys.Commands;

/// <summary><c>keys status</c>.</summary>
internal sealed class KeysStatus(ClonesDbContext db, KeyCensus census, TimeProvider time)
{
    private static readonly TimeSpan Lately = TimeSpan.FromDays(1);

    /// <returns>1 where something wants to be looked at.</returns>
    public async Task<int> WriteAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var lines = await census.ReadAsync(cancellationToken);
        var retired = await RetiredAsync(cancellationToken);
        await output.WriteLineAsync($"{"master key", -14} {"wallets", 10} {"mints", 10} {"encryptions", 14}");
        var isWell = true;
        foreach (var line in lines)
        {
            var notes = Notes(line, retired).ToList();
            isWell &= notes.Count == 0 || (notes.Count == 1 && notes[0] == Retired);
            await output.WriteLineAsync(
                $"{line.MasterKey, -14} {line.Wallets, 10} {line.Mints, 10} {line.Encryptions, 14}  {string.Join("; ", notes)}".TrimEnd()
            );
        }

        var failures = await census.FailuresSinceAsync(time.GetUtcNow() - Lately, cancellationToken);
        await output.WriteLineAsync($"failures in the last 24 h: {failures}");
        foreach (var failure in await LastFailuresAsync(cancellationToken))
        {
            await output.WriteLineAsync(
                $"  {failure.OccurredAt:u} {failure.Purpose} key {failure.KeyId:D} ({failure.Address}): {failure.Detail}"
            );
        }
        var sweep = await db.KeySweeps.AsNoTracking().OrderByDescending(s => s.RequestedAt).FirstOrDefaultAsync(cancellationToken);
        if (sweep is not null)
        {
            await output.WriteLineAsync(SweepWatch.Describe(sweep));
        }
        return isWell && failures == 0 ? KeysCommand.Well : KeysCommand.NotWell;
    }

    private const string Retired = "retired: its secret may go";

    private static IEnumerable<string> Notes(KeyCensusLine line, HashSet<string> retired)
    {
        var isStored = line.Wallets + line.Mints > 0;
        if (line.MasterKey == MasterKeyName.Plaintext && isStored)
        {
            yield return "NOT ENCRYPTED: sweep";
        }
        if (line.MasterKey == "unknown" && isStored)
        {
            yield return "IN NO KNOWN FORM";
        }
        if (EncryptionLimit.WarningOf(line.MasterKey, line.Encryptions) is { } warning)
        {
            yield return warning;
        }
        if (retired.Contains(line.MasterKey))
        {
            yield return isStored ? "RETIRED, and needed again: a backup was restored?" : Retired;
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
