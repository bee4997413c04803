using Clones.Custody;
using Clones.Domain.Keys;
using Clones.Persistence;
using Clones.Testing;
using Clones.Testing.Hosts;
using Clones.Workers.Commands.Keys;
using Clones.Workers.Tests.Sweep;
using Microsoft.EntityFrameworkCore;

namespace Clones.Workers.Tests.Commands.Keys;

/// <summary><c>keys audit --open</c> with the services of the command, on a migrated database.</summary>
public sealed class OpenedAuditTests : IAsyncLifetime
{
    private readonly PostgresFixture postgres = new();
    private readonly KeyRing ring = Versions.Ring(1);
    private string database = "";

    public async ValueTask InitializeAsync() => database = await MigratedDatabase.CreateAsync(postgres);

    public async ValueTask DisposeAsync()
    {
        ring.Dispose();
        await postgres.DisposeAsync();
    }

    [Fact]
    public async Task Two_exchanged_ciphertexts_are_a_finding_where_the_keys_are_opened_and_it_is_said_where_they_are_not()
    {
        var wallets = await InsertAsync(2);
        await WithAsync(db => DamagedKeys.DamageAsync(db, Damage.Exchanged, wallets[0].Id, wallets[1].Id));

        var (code, output) = await AuditAsync(opens: false);
        code.ShouldBe(KeysCommand.Well);
        output.ShouldContain("the stored keys were not opened: --open, where the master keys are");
        output.ShouldContain(", 0 findings");

        (code, output) = await AuditAsync(opens: true);
        code.ShouldBe(KeysCommand.NotWell);
        foreach (var wallet in wallets)
        {
            output.ShouldContain(
                $"deposit key {wallet.Id} ({wallet.Address}): does not open under v1: it was changed, belongs to another wallet, or the master key is another."
            );
            output.ShouldNotContain(wallet.Stored.Split(':')[^1]);
        }
        output.ShouldContain("2 stored keys were opened, 2 of them do not open");
        output.ShouldContain(", 2 findings");
    }

    [Fact]
    public async Task Of_twenty_thousand_keys_each_is_opened_and_the_log_gets_one_row()
    {
        const int Count = 20_000;
        var wallets = await InsertAsync(Count);
        var (flipped, renamed) = (wallets[Count / 3], wallets[Count - 1]);
        await WithAsync(db => DamagedKeys.DamageAsync(db, Damage.FlippedDigit, flipped.Id, flipped.Id));
        await WithAsync(db => DamagedKeys.DamageAsync(db, Damage.OtherVersion, renamed.Id, renamed.Id));

        var (code, output) = await AuditAsync(opens: true);

        code.ShouldBe(KeysCommand.NotWell);
        output.ShouldContain($"{Count} stored keys were opened, 2 of them do not open");
        output.ShouldContain($"({flipped.Address}): does not open under v1: it was changed");
        output.ShouldContain($"({renamed.Address}): does not open under v9: the version is not configured.");
        var rows = await WithAsync(db => db.KeyEvents.AsNoTracking().OrderBy(e => e.Id).ToListAsync());
        rows.Select(r => r.Kind).ShouldBe([KeyEventKind.LogBegun, KeyEventKind.Audited]);
        output.ShouldContain($"head: {rows[^1].Sequence}:{rows[^1].Hash}");
    }

    private async Task<List<SweptWallet>> InsertAsync(int count)
    {
        List<SweptWallet> wallets =
        [
            .. Enumerable.Range(0, count).Select(_ => SweptWallet.Make((key, binding) => SecretKeyCodec.Seal(key, binding, ring))),
        ];
        await new SweptWallets(database).InsertAsync(wallets);
        return wallets;
    }

    private async Task<T> WithAsync<T>(Func<ClonesDbContext, Task<T>> use)
    {
        await using var db = ClonesDbContextOptions.Open(database);
        return await use(db);
    }

    private Task<(int Code, string Output)> AuditAsync(bool opens) =>
        KeysCommandHost.RunAsync(
            database,
            opens ? Versions.UpTo(1) : [],
            (services, output) => KeysCommand.AuditAsync(services, null, opens, output, TestContext.Current.CancellationToken)
        );
}
