using Clones.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;

namespace Clones.Simulation.Context;

/// <summary>
/// The context of production, model and all, whose questions and changes go to the simulated database instead of PostgreSQL: the code under test
/// does not know.
/// </summary>
internal static class ContextOptions
{
    public static DbContextOptions<ClonesDbContext> Value { get; } = Build();

    private static DbContextOptions<ClonesDbContext> Build()
    {
        var builder = new DbContextOptionsBuilder<ClonesDbContext>();
        builder.UseClonesPostgres("Host=simulated");
        builder.ReplaceService<IDatabase, ContextDatabase>();
        builder.ReplaceService<IDbContextTransactionManager, ContextTransactions>();
        builder.ReplaceService<IRawSqlCommandBuilder, ContextCommands>();
        builder.AddInterceptors(new OutboxOnly());
        // Each context is one message's, on one thread.
        builder.EnableThreadSafetyChecks(false);
        return builder.Options;
    }

    /// <summary>Where nothing but messages is to be saved, the database is not asked to save anything.</summary>
    private sealed class OutboxOnly : SaveChangesInterceptor
    {
        public override async ValueTask<int> SavedChangesAsync(
            SaveChangesCompletedEventData eventData,
            int result,
            CancellationToken cancellationToken = default
        )
        {
            await SimulatedContext.Of(eventData.Context!).CommitMessagesAsync();
            return result;
        }
    }
}
