using Clones.Domain.Keys;
using Clones.Hosting;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Clones.Custody.Tests;

/// <summary>A version means one master key for ever: a secret that was changed under its name would lose what is encrypted from then on.</summary>
public sealed class MasterKeyChecksTests(KeyLogDatabase databases) : IClassFixture<KeyLogDatabase>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_version_whose_secret_was_changed_is_not_encrypted_with_and_its_name_is_told()
    {
        var database = await databases.CreateAsync();
        await using var db = database();
        await Checks(db, Keys(2)).EnsureAsync("v2", Ct);

        var changed = await Should.ThrowAsync<MasterKeyChangedException>(() =>
            Checks(db, Keys(2, ("DEPOSIT_KEY_ENCRYPTION_SECRET_V2", $"{TestKeys.Secret}, another one"))).EnsureAsync("v2", Ct)
        );

        changed.Message.ShouldContain("v2");
        changed.Message.ShouldContain("DEPOSIT_KEY_ENCRYPTION_SECRET_V2");
        changed.Message.ShouldNotContain(TestKeys.Secret);
    }

    [Fact]
    public async Task A_salt_that_was_changed_is_another_master_key_too()
    {
        var database = await databases.CreateAsync();
        await using var db = database();
        await Checks(db, Keys(2)).EnsureAsync("v1", Ct);

        await Should.ThrowAsync<MasterKeyChangedException>(() =>
            Checks(db, Keys(2, ("DEPOSIT_KEY_ENCRYPTION_SALT", "another salt of the tests"))).EnsureAsync("v1", Ct)
        );
    }

    [Fact]
    public async Task The_same_secret_is_known_again_by_any_process()
    {
        var database = await databases.CreateAsync();
        await using var db = database();

        await Checks(db, Keys(1)).EnsureAsync("v1", Ct);
        await Checks(db, Keys(3)).EnsureAsync("v1", Ct);
        await Checks(db, Keys(3)).EnsureAsync("v3", Ct);

        (await db.Set<MasterKeyCheck>().CountAsync(Ct)).ShouldBe(2);
        (await Checks(db, Keys(3)).FindChangedAsync(Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task What_was_rolled_back_has_said_nothing()
    {
        var database = await databases.CreateAsync();
        await using var db = database();
        var mine = Keys(2);
        await using (var transaction = await db.Database.BeginTransactionAsync(Ct))
        {
            await Checks(db, mine).EnsureAsync("v2", Ct);
        }
        await Checks(db, Keys(2, ("DEPOSIT_KEY_ENCRYPTION_SECRET_V2", $"{TestKeys.Secret}, the first that came under it")))
            .EnsureAsync("v2", Ct);

        await Should.ThrowAsync<MasterKeyChangedException>(() => Checks(db, mine).EnsureAsync("v2", Ct));
    }

    [Fact]
    public async Task Workers_do_not_start_with_a_version_that_is_another_than_it_was()
    {
        var database = await databases.CreateAsync();
        await using (var db = database())
        {
            await Checks(db, Keys(2)).EnsureAsync("v2", Ct);
        }

        var changed = Keys(2, ("DEPOSIT_KEY_ENCRYPTION_SECRET_V2", $"{TestKeys.Secret}, another one"));

        await StartAsync(Keys(2));
        (await Should.ThrowAsync<ConfigurationMissingException>(() => StartAsync(changed))).Message.ShouldContain("SECRET_V2");

        async Task StartAsync(MasterKeys masters)
        {
            await using var services = new ServiceCollection()
                .AddScoped(_ => database())
                .AddScoped<MasterKeyChecks>()
                .AddSingleton(masters)
                .AddSingleton(TimeProvider.System)
                .BuildServiceProvider();
            var check = new MasterKeyCheckAtStart(
                services.GetRequiredService<IServiceScopeFactory>(),
                NullLogger<MasterKeyCheckAtStart>.Instance
            );
            await check.StartAsync(Ct);
        }
    }

    [Fact]
    public async Task A_version_that_was_retired_may_become_the_old_systems_and_one_that_came_into_use_again_may_not()
    {
        var database = await databases.CreateAsync();
        await using var db = database();
        await Checks(db, Keys(2)).EnsureAsync("v1", Ct);
        var old = Keys(2, ("DEPOSIT_KEY_ENCRYPTION_SECRET", $"{TestKeys.Secret}, of the old system"));
        await AddAsync(KeyEventKind.Retired, from: "v1", to: null);

        (await Checks(db, old).FindChangedAsync(Ct)).ShouldBeNull();
        await Checks(db, old).EnsureAsync("v1", Ct);
        (await Checks(db, old).FindChangedAsync(Ct)).ShouldBeNull();
        await AddAsync(KeyEventKind.Created, from: null, to: "v1");
        (await Checks(db, Keys(2)).FindChangedAsync(Ct)).ShouldNotBeNull().ShouldContain("v1");

        async Task AddAsync(KeyEventKind kind, string? from, string? to)
        {
            db.KeyEvents.Add(
                new WalletKeyEvent
                {
                    OccurredAt = TimeProvider.System.GetUtcNow(),
                    Purpose = WalletKeyEvent.Deposit,
                    KeyId = to is null ? null : Guid.NewGuid(),
                    Kind = kind,
                    FromKey = from,
                    ToKey = to,
                }
            );
            await db.SaveChangesAsync(Ct);
        }
    }

    [Fact]
    public async Task A_row_that_brings_its_own_place_in_the_log_is_rejected()
    {
        var database = await databases.CreateAsync();
        await using var db = database();
        var row = KeyLogDatabase.Event();
        db.KeyEvents.Add(row);
        db.Entry(row).Property(e => e.Sequence).CurrentValue = long.MaxValue;

        (await Should.ThrowAsync<DbUpdateException>(() => db.SaveChangesAsync(Ct))).InnerException!.Message.ShouldContain(
            "numbers its rows itself"
        );
    }

    private static MasterKeyChecks Checks(Persistence.ClonesDbContext db, MasterKeys masters) => new(db, masters, TimeProvider.System);

    private static MasterKeys Keys(int highest, params (string Name, string Value)[] changed)
    {
        var settings = Versions.UpTo(highest);
        foreach (var (name, value) in changed)
        {
            settings[name] = value;
        }
        var source = new RingKeys(KeyRing.Load(TestKeys.Configuration([.. settings.Select(s => (s.Key, s.Value!))])));
        return new MasterKeys(source, [source]);
    }
}
