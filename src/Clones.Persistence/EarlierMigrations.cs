using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence;

/// <summary>A database that was migrated before its migrations became the one called Initial.</summary>
public static class EarlierMigrations
{
    /// <summary>The last of them: what it left behind is what Initial makes.</summary>
    private const string Last = "20261130130019_GrownTables";

    /// <summary>Names the state of the database anew where it is that of <see cref="Last"/>. To be called before it is migrated.</summary>
    /// <returns>What is wrong where the database is of another version, and cannot be migrated; null where nothing is.</returns>
    public static async Task<string?> AdoptAsync(this ClonesDbContext db, CancellationToken cancellationToken)
    {
        var known = db.Database.GetMigrations().ToList();
        var applied = await db.Database.GetAppliedMigrationsAsync(cancellationToken);
        var others = applied.Except(known).ToList();
        if (others.Count == 0)
        {
            return null;
        }
        if (others[^1] != Last)
        {
            return $"The database is of another version of Clones: its last migration is {others[^1]}, and this version knows none of that name. "
                + $"A database of before {Last} is first migrated by a build that has this migration; one for development is wiped: ./clones down --wipe.";
        }

        var initial = known[0];
        await db.Database.ExecuteSqlAsync(
            $"""
            WITH gone AS (DELETE FROM "__EFMigrationsHistory" RETURNING product_version)
            INSERT INTO "__EFMigrationsHistory" (migration_id, product_version) SELECT {initial}, max(product_version) FROM gone
            """,
            cancellationToken
        );
        return null;
    }
}
