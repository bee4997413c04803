using Clones.Custody;
using Clones.Domain.Keys;
using Clones.Persistence;
using Clones.Testing;
using Clones.Testing.Hosts;
using Clones.Workers.Commands.Keys;
using Clones.Workers.Tests.Sweep;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Workers.Tests.Commands.Keys;

/// <summary><c>keys status</c> and <c>keys retire</c> with the services of the commands, on a migrated database.</summary>
public sealed class KeysStatusTests : IAsyncLifetime
{
    private readonly PostgresFixture postgres = new();
    private readonly KeyRing second = Versions.Ring(2);
    private string database = "";

    public async ValueTask InitializeAsync() => database = await MigratedDatabase.CreateAsync(postgres);

    public async ValueTask DisposeAsync()
    {
        second.Dispose();
        await postgres.DisposeAsync();
    }

    [Fact]
    public async Task Where_nothing_is_under_the_current_master_key_yet_it_is_told_with_what_waits_to_come_under_it()
    {
        using var first = Versions.Ring(1);
        await InsertAsync(first, first);

        var (code, output) = await StatusAsync(Versions.UpTo(2));

        output.ShouldMatch("(?m)^v2 +0 +0 +0  written with$");
        output.ShouldContain("written with: v2; 2 keys are not under v2: keys sweep, or their next use");
        code.ShouldBe(KeysCommand.Well);
    }

    [Fact]
    public async Task Keys_under_a_newer_master_key_do_not_wait_to_come_under_the_one_of_this_host()
    {
        using var first = Versions.Ring(1);
        await InsertAsync(second, first);

        var (_, output) = await StatusAsync(Versions.UpTo(1));

        output.ShouldContain("written with: v1; 1 key is under a newer one, that another host writes with");
    }

    [Fact]
    public async Task Where_there_are_no_master_keys_the_rest_is_told_all_the_same()
    {
        await InsertAsync(second);

        var (code, output) = await StatusAsync([]);

        output.ShouldMatch("(?m)^v2 +1 +0 +0$");
        output.ShouldContain("written with: not known here");
        code.ShouldBe(KeysCommand.Well);
    }

    [Fact]
    public async Task The_secret_of_a_retired_version_is_told_to_go_until_it_is_gone()
    {
        await InsertAsync(second);
        await TellAsync("v1", "v2");
        (await RetireAsync("v1")).Code.ShouldBe(KeysCommand.Well);

        (await StatusAsync(Versions.UpTo(2))).Output.ShouldMatch("(?m)^v1 +0 +0 +1  retired: its secret may go$");

        var gone = Versions.UpTo(2);
        gone.Remove("DEPOSIT_KEY_ENCRYPTION_SECRET");
        (await StatusAsync(gone)).Output.ShouldMatch("(?m)^v1 +0 +0 +1  retired$");
    }

    [Fact]
    public async Task A_key_that_this_database_never_saw_is_not_retired()
    {
        await TellAsync("v1", "v2");

        var (code, output) = await RetireAsync("transit-v9");

        (code, output).ShouldBe(
            (KeysCommand.NotWell, $"NOT retired. transit-v9 is not known here: no key was ever under it.{Environment.NewLine}")
        );
    }

    private Task<(int Code, string Output)> StatusAsync(Dictionary<string, string?> keys) =>
        RunAsync(keys, (services, output) => services.GetRequiredService<KeysStatus>().WriteAsync(output, CancellationToken.None));

    private Task<(int Code, string Output)> RetireAsync(string masterKey) =>
        RunAsync(
            Versions.UpTo(2),
            (services, output) => services.GetRequiredService<Retirement>().RunAsync(masterKey, null, output, CancellationToken.None)
        );

    private Task InsertAsync(params KeyRing[] rings) =>
        new SweptWallets(database).InsertAsync([
            .. rings.Select(ring => SweptWallet.Make((key, binding) => SecretKeyCodec.Seal(key, binding, ring))),
        ]);

    /// <summary>A key that was written under one and came under the other, an hour ago.</summary>
    private Task TellAsync(string from, string to) =>
        RunAsync(
            [],
            async (services, _) =>
            {
                var db = services.GetRequiredService<ClonesDbContext>();
                var id = Guid.CreateVersion7();
                db.KeyEvents.AddRange(Event(KeyEventKind.Created, null, from), Event(KeyEventKind.Migrated, from, to));
                return await db.SaveChangesAsync();

                WalletKeyEvent Event(KeyEventKind kind, string? fromKey, string toKey) =>
                    new()
                    {
                        OccurredAt = TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1),
                        Purpose = "deposit",
                        KeyId = id,
                        Kind = kind,
                        FromKey = fromKey,
                        ToKey = toKey,
                    };
            }
        );

    private Task<(int Code, string Output)> RunAsync(Dictionary<string, string?> keys, Func<IServiceProvider, TextWriter, Task<int>> act) =>
        KeysCommandHost.RunAsync(database, keys, act);
}
