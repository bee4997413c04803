using System.CommandLine;
using Clones.Hosting;
using Clones.Hosting.Logging;
using Clones.Persistence;
using Clones.Persistence.Ledger;
using Microsoft.EntityFrameworkCore;

namespace Clones.Workers.Commands;

/// <summary><c>migrate</c>: brings the database up to this version.</summary>
internal static class Migration
{
    public static Command Create()
    {
        var command = new Command("migrate", "brings the database up to this version");
        command.SetAction((_, cancellation) => RunAsync(cancellation));
        return command;
    }

    /// <exception cref="ConfigurationMissingException">The database is of a version that this one cannot bring up to date.</exception>
    private static async Task RunAsync(CancellationToken cancellationToken)
    {
        var builder = Host.CreateApplicationBuilder();
        // Of a new database EF asks for a table that is not there yet, and logs that as an error; what really fails is thrown.
        builder.Configuration["Serilog:MinimumLevel:Override:Microsoft.EntityFrameworkCore.Database.Command"] = "Fatal";
        builder.Services.AddHostLogging(builder.Configuration);
        builder.Services.AddClonesStore(builder.Configuration);
        using var host = builder.Build();
        await using var scope = host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
        if (await db.AdoptAsync(cancellationToken) is { } wrong)
        {
            throw new ConfigurationMissingException(wrong);
        }
        var pending = (await db.Database.GetPendingMigrationsAsync(cancellationToken)).ToList();
        await db.Database.MigrateAsync(cancellationToken);
        // A database that is new can be told from one that has lost its fence, now and never again.
        await db.ReadFenceAsync(cancellationToken);
        scope
            .ServiceProvider.GetRequiredService<ILogger<ClonesDbContext>>()
            .LogInformation("The database is up to date; {Count} migrations were applied", pending.Count);
    }
}
