using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Update;

namespace Clones.Simulation.Context;

/// <summary>Where a context's questions and changes end: in the simulated database.</summary>
internal sealed class ContextDatabase(DatabaseDependencies dependencies, ICurrentDbContext current)
    : Microsoft.EntityFrameworkCore.Storage.Database(dependencies)
{
    public override Func<QueryContext, TResult> CompileQuery<TResult>(Expression query, bool async) =>
        async
            ? CompiledQuery.Of<TResult>(query)
            : throw new NotSupportedException("Nobody asks a database and stands still until it answers.");

    public override int SaveChanges(IList<IUpdateEntry> entries) => throw new NotSupportedException();

    public override async Task<int> SaveChangesAsync(IList<IUpdateEntry> entries, CancellationToken cancellationToken = default)
    {
        var seat = SimulatedContext.Of(current.Context);
        var commits = seat.Session is null;
        if (commits)
        {
            await seat.BeginAsync();
        }
        try
        {
            await seat.AskAsync(() =>
            {
                foreach (var entry in entries)
                {
                    Write(seat.Session!, entry);
                }
                return true;
            });
            if (commits)
            {
                await seat.CommitAsync();
            }
        }
        finally
        {
            if (commits)
            {
                seat.Abort();
            }
        }
        return entries.Count;
    }

    private static void Write(ContextSession session, IUpdateEntry entry)
    {
        var row = entry.ToEntityEntry().Entity;
        switch (entry.EntityState)
        {
            case EntityState.Added:
                foreach (var property in entry.EntityType.GetProperties().Where(entry.HasTemporaryValue))
                {
                    entry.SetStoreGeneratedValue(property, session.NextNumber(), setModified: true);
                }
                session.Insert(row);
                break;
            case EntityState.Modified:
                session.Update(
                    row,
                    there =>
                    {
                        foreach (var property in entry.EntityType.GetProperties().Where(entry.IsModified))
                        {
                            property.PropertyInfo!.SetValue(there, entry.GetCurrentValue(property));
                        }
                    }
                );
                break;
            default:
                throw new NotSupportedException($"Nothing is {entry.EntityState} here.");
        }
    }
}
