using Clones.Persistence;
using Microsoft.EntityFrameworkCore;
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
        // Each context is one message's, on one thread.
        builder.EnableThreadSafetyChecks(false);
        return builder.Options;
    }
}
