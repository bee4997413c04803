using Clones.Hosting;
using Clones.Hosting.Logging;
using Clones.Persistence;
using Clones.Persistence.Ledger;
using Microsoft.EntityFrameworkCore;

namespace Clones.Workers.Hosting;

/// <summary><c>dotnet Clones.Workers.dll migrate</c>: brings the database up to this version and ends.</summary>
internal static class Migration
{
    public static bool IsAskedFor(string[] args) => args is ["migrate"];

    /// <returns>Exit code 0.</returns>
    /// <exception cref="ConfigurationMissingException">The database is of a version that this one cannot bring up to date.</exception>
    public static async Task<int> RunAsync()
    {
        var builder = Host.CreateApplicationBuilder();
        // Of a new database EF asks for a table that is not there yet, and logs that as an error; what really fails is thrown.
        builder.Configuration["Serilog:MinimumLevel:Override:Microsoft.EntityFrameworkCore.Database.Command"] = "Fatal";
        builder.Services.AddHostLogging(builder.Configuration);
        builder.Services.AddClonesStore(builder.Configuration);
        using var host = builder.Build();
        await using var scope = host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
        if (await db.AdoptAsync(CancellationToken.None) is { } wrong)
        {
            throw new ConfigurationMissingException(wrong);
        }
        var pending = (await db.Database.GetPendingMigrationsAsync()).ToList();
        await db.Database.MigrateAsync();
        // A database that is new can be told from one that has lost its fence, now and never again.
        await db.ReadFenceAsync(CancellationToken.None);
        scope
            .ServiceProvider.GetRequiredService<ILogger<ClonesDbContext>>()
            .LogInformation("The database is up to date; {Count} migrations were applied", pending.Count);
        return 0;
    }
}
