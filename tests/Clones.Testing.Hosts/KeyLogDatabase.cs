using Clones.Custody;
using Clones.Custody.Audit;
using Clones.Domain.Keys;
using Clones.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Clones.Testing.Hosts;

/// <summary>A migrated database on a real PostgreSQL: the chain is made by its triggers.</summary>
public sealed class KeyLogDatabase : IAsyncDisposable
{
    private readonly PostgresFixture postgres = new();

    public ValueTask DisposeAsync() => postgres.DisposeAsync();

    internal async Task<Func<ClonesDbContext>> CreateAsync()
    {
        var database = await MigratedDatabase.CreateAsync(postgres);
        return () => ClonesDbContextOptions.Open(database);
    }

    internal static WalletKeyEvent Event(KeyEventKind kind = KeyEventKind.Created, string? detail = null, Guid? transaction = null) =>
        new()
        {
            OccurredAt = DateTimeOffset.UnixEpoch.AddTicks(17_640_000_001_234_567),
            Purpose = WalletKeyEvent.Deposit,
            KeyId = Guid.CreateVersion7(),
            Address = "address",
            Kind = kind,
            ToKey = kind == KeyEventKind.Created ? "v1" : null,
            TransactionId = transaction,
            Detail = detail,
        };

    internal static async Task AddAsync(ClonesDbContext db, params IEnumerable<WalletKeyEvent> events)
    {
        db.KeyEvents.AddRange(events);
        await db.SaveChangesAsync();
    }

    internal static async Task<(KeyLogAnchor Head, string[] Findings)> AuditAsync(ClonesDbContext db, KeyLogAnchor? expected = null)
    {
        var (head, findings) = await new KeyAudit(db).RunAsync(expected, CancellationToken.None);
        return (head, [.. findings.Select(f => f.ToString())]);
    }

    /// <summary>As someone does who owns the database: the triggers are no obstacle to him.</summary>
    internal static async Task TamperAsync(ClonesDbContext db, string sql)
    {
#pragma warning disable EF1002 // of the tests' own constants
        await db.Database.ExecuteSqlRawAsync(
            $"ALTER TABLE wallet_key_events DISABLE TRIGGER USER; {sql}; ALTER TABLE wallet_key_events ENABLE TRIGGER USER"
        );
#pragma warning restore EF1002
    }
}
