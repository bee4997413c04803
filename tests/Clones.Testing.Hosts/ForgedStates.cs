using Clones.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Clones.Testing.Hosts;

/// <summary>States that no step leads to, such as a restored database holds: written around the triggers that reject them.</summary>
internal static class ForgedStates
{
    public static async Task<T> ForgeAsync<T>(this ClonesDbContext db, Func<Task<T>> change)
    {
        await using var transaction = await db.Database.BeginTransactionAsync();
        await db.Database.ExecuteSqlRawAsync("SET LOCAL session_replication_role = replica");
        var result = await change();
        await transaction.CommitAsync();
        return result;
    }
}
