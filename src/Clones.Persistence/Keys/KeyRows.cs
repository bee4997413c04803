using Clones.Domain.Keys;
using Clones.Domain.Pools;
using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence.Keys;

/// <summary>Locks of whoever makes, sweeps and imports keys, held until the end of the caller's database transaction.</summary>
public static class KeyRows
{
    private const long ImportLock = 0x636c6f6e_696d7074;

    public static async Task<KeySweep?> LockSweepAsync(this ClonesDbContext db, Guid id, CancellationToken cancellationToken) =>
        (
            await db.KeySweeps.FromSql($"SELECT * FROM key_sweeps WHERE id = {id} FOR UPDATE").ToListAsync(cancellationToken)
        ).SingleOrDefault();

    /// <summary>Its pool gets one deposit wallet, however many ask for it at once.</summary>
    public static async Task<TrainingPool?> LockPoolAsync(this ClonesDbContext db, Guid id, CancellationToken cancellationToken) =>
        (
            await db.TrainingPools.FromSql($"SELECT *, xmin FROM training_pools WHERE id = {id} FOR UPDATE").ToListAsync(cancellationToken)
        ).SingleOrDefault();

    /// <summary>Two imports at once take turns batch by batch, so that the second finds what the first has stored.</summary>
    public static Task LockImportsAsync(this ClonesDbContext db, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({ImportLock})", cancellationToken);

    /// <summary>Who is first says what the version is; the others wait here for his commit.</summary>
    public static Task AddCheckAsync(
        this ClonesDbContext db,
        string masterKey,
        string check,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO master_key_checks (master_key, check_value, first_seen_at) VALUES ({masterKey}, {check}, {now})
            ON CONFLICT DO NOTHING
            """,
            cancellationToken
        );
}
