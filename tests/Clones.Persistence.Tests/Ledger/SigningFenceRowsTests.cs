using Clones.Persistence.Ledger;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence.Tests.Ledger;

public sealed class SigningFenceRowsTests : IAsyncDisposable
{
    private readonly PostgresFixture postgres = new();

    [Fact]
    public async Task It_is_raised_though_there_is_never_a_moment_without_a_signer()
    {
        var database = await DatabaseAsync();
        using var stop = new CancellationTokenSource();
        var signed = new SemaphoreSlim(0);
        var signers = Enumerable.Range(0, 4).Select(i => SignAgainAndAgainAsync(database, i, signed, stop.Token)).ToArray();
        for (var i = 0; i < signers.Length; i++)
        {
            await signed.WaitAsync(TestContext.Current.CancellationToken);
        }

        await using var db = ClonesDbContextOptions.Open(database);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var raised = await db.RaiseFenceAsync("stop", held: false, raising: null, patience.Token);

        await stop.CancelAsync();
        await Task.WhenAll(signers);
        raised.ShouldBeTrue();
        (await db.ReadFenceAsync(CancellationToken.None)).IsOpen.ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_signed_is_on_disk_before_it_is_sent_whatever_the_server_is_set_to()
    {
        await using var db = ClonesDbContextOptions.Open(await DatabaseAsync());
        await db.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await db.Database.ExecuteSqlRawAsync("SET synchronous_commit = off", TestContext.Current.CancellationToken);

        await using (await db.Database.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            await db.HoldFenceAsync(TestContext.Current.CancellationToken);
            (await SettingAsync(db)).ShouldBe("on");
        }
        (await SettingAsync(db)).ShouldBe("off");
        await db.Database.ExecuteSqlRawAsync("SET synchronous_commit = remote_apply", TestContext.Current.CancellationToken);
        await using (await db.Database.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            await db.HoldFenceAsync(TestContext.Current.CancellationToken);
            (await SettingAsync(db)).ShouldBe("remote_apply");
        }
    }

    [Fact]
    public async Task The_heartbeat_is_what_is_on_disk_and_every_commit_moves_it()
    {
        await using var db = ClonesDbContextOptions.Open(await DatabaseAsync());
        var before = await db.ReadFenceAsync(TestContext.Current.CancellationToken);
        await db.ReleaseFenceAsync(TestContext.Current.CancellationToken);
        await db.Database.ExecuteSqlRawAsync("CHECKPOINT", TestContext.Current.CancellationToken);

        var after = await db.ReadFenceAsync(TestContext.Current.CancellationToken);

        after.Heartbeat.ShouldBeGreaterThan(before.Heartbeat);
    }

    public ValueTask DisposeAsync() => postgres.DisposeAsync();

    // Each holds it over two steps of the others: somebody always shares the row.
    private static async Task SignAgainAndAgainAsync(string database, int index, SemaphoreSlim signed, CancellationToken stop)
    {
        await using var db = ClonesDbContextOptions.Open(database);
        await Task.Delay(100 * index, CancellationToken.None);
        while (!stop.IsCancellationRequested)
        {
            await using var work = await db.Database.BeginTransactionAsync(CancellationToken.None);
            await db.HoldFenceAsync(CancellationToken.None);
            signed.Release();
            await db.Database.ExecuteSqlRawAsync("SELECT pg_sleep(0.4)", CancellationToken.None);
            await work.CommitAsync(CancellationToken.None);
        }
    }

    private static Task<string> SettingAsync(ClonesDbContext db) =>
        db.Database.SqlQuery<string>($"SELECT current_setting('synchronous_commit') AS \"Value\"").SingleAsync();

    private async Task<string> DatabaseAsync()
    {
        var database = await MigratedDatabase.CreateAsync(postgres);
        await using var db = ClonesDbContextOptions.Open(database);
        await db.ReadFenceAsync(CancellationToken.None);
        return database;
    }
}
