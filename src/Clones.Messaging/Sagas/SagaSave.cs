using Clones.Messaging.BusOutbox;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql;

namespace Clones.Messaging.Sagas;

/// <summary>
/// The short way to save a unit of work in which nothing but sagas has changed: their statements travel with the outbox rows and the
/// commit, in one round trip and past EF's update pipeline. Anything else goes through SaveChanges.
/// </summary>
internal static class SagaSave
{
    /// <summary>
    /// The statements that save everything the DbContext tracks, or null when SaveChanges must do it: something else has changed, a saga
    /// was not locked by us or is more than plain columns, or somebody overrides or intercepts SaveChanges.
    /// </summary>
    public static List<NpgsqlBatchCommand>? Plan(DbContext dbContext, IReadOnlyCollection<object> locked)
    {
        var statements = new List<NpgsqlBatchCommand>();
        foreach (var entry in dbContext.ChangeTracker.Entries())
        {
            if (entry.State is EntityState.Unchanged)
            {
                continue;
            }

            if (entry.Entity is not ISaga || entry.State is EntityState.Deleted)
            {
                return null;
            }

            var sql = SagaStatements.Of(dbContext, entry.Metadata.ClrType);
            if (!sql.IsFlat || (entry.State is EntityState.Modified && !locked.Contains(entry.Entity)))
            {
                return null;
            }

            statements.Add(entry.State is EntityState.Added ? sql.Insert(entry) : sql.Update(entry));
        }
        return statements.Count > 0 && IsWatched(dbContext) ? null : statements;
    }

    /// <summary>Somebody overrides or intercepts SaveChanges.</summary>
    public static bool IsWatched(DbContext dbContext) =>
        SavesItsOwnWay.Of(dbContext.GetType())
        || dbContext
            .GetService<IDbContextOptions>()
            .FindExtension<CoreOptionsExtension>()
            ?.Interceptors?.Any(x => x is ISaveChangesInterceptor and not BusOutboxInterceptor) == true;

    private static class SavesItsOwnWay
    {
        private static readonly System.Collections.Concurrent.ConcurrentDictionary<Type, bool> Known = new();

        public static bool Of(Type type) =>
            Known.GetOrAdd(
                type,
                static t => t.GetMethods().Any(x => x.Name is "SaveChanges" or "SaveChangesAsync" && x.DeclaringType != typeof(DbContext))
            );
    }
}
