using Clones.Persistence;
using Clones.Persistence.Keys;
using Microsoft.EntityFrameworkCore;

namespace Clones.Custody.Audit;

/// <summary>Verifies the chain of the key log, then holds the log against what is stored and what was signed. Needs no master key.</summary>
internal sealed class KeyAudit(ClonesDbContext db)
{
    private const int FindingsMax = 1_000;

    /// <param name="expected">A head that was written down before; null where there is none.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<(KeyLogAnchor Head, IReadOnlyList<KeyAuditFinding> Findings)> RunAsync(
        KeyLogAnchor? expected,
        CancellationToken cancellationToken
    )
    {
        await db.LinkAllKeyEventsAsync(cancellationToken);
        // One snapshot, so that what is committed meanwhile is missing on both sides; it is in the chain a moment later.
        await using var snapshot = await db.Database.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        var walk = new KeyLogWalk(expected);
        await foreach (
            var row in db
                .KeyEvents.AsNoTracking()
                .Where(e => e.Sequence != null)
                .OrderBy(e => e.Sequence)
                .AsAsyncEnumerable()
                .WithCancellation(cancellationToken)
        )
        {
            walk.Next(row);
        }
        walk.End();
        var findings = new List<KeyAuditFinding>(walk.Findings.Take(FindingsMax));
        foreach (var row in await db.OpeningsUnlikeSignaturesAsync(cancellationToken))
        {
            findings.Add(
                new KeyAuditFinding(
                    $"transaction {row.TransactionId:D}",
                    $"the {row.Purpose} key {row.KeyId:D} was opened {row.Opened} times for {row.Signed} signatures"
                )
            );
        }
        foreach (var row in await db.StoredUnlikeLogAsync(cancellationToken))
        {
            findings.Add(
                new KeyAuditFinding(
                    $"{row.Purpose} key {row.KeyId:D} ({row.Address})",
                    row.ToKey is null
                        ? $"is stored under {row.MasterKey}, and the log does not know where it came from"
                        : $"is stored under {row.MasterKey}, and by the log it is under {row.ToKey}"
                )
            );
        }
        return (walk.Head, findings);
    }
}
