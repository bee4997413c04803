using Clones.Contracts.Keys;
using Clones.Custody;
using Clones.Domain.Faults;
using Clones.Domain.Keys;
using Clones.Testing;
using Clones.Testing.Hosts;
using Clones.Workers.Commands.Keys;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Workers.Tests.Sweep;

public sealed class SweepTests : IAsyncLifetime
{
    private readonly KeyRing first = Versions.Ring(1);
    private readonly KeyRing second = Versions.Ring(2);
    private SweepHost host = null!;

    public async ValueTask InitializeAsync() => host = await SweepHost.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        first.Dispose();
        second.Dispose();
    }

    [Fact]
    public async Task Keys_of_all_forms_come_under_the_current_master_key_but_the_broken_one_and_one_that_is_held_is_waited_for()
    {
        var current = Make(60, Own(second));
        List<SweptWallet> old = [.. Make(150, SweptWallet.Plaintext), .. Make(150, Unbound), .. Make(150, Own(first))];
        var broken = SweptWallet.Make((key, binding) => Own(first)(key, binding)[..^1] + "x");
        var held = old[70];
        await host.Wallets.InsertAsync([.. current, .. old, broken]);

        (int Code, string Output) ended;
        await using (var payment = await HoldAsync(held.Id))
        {
            var sweeping = host.SweepAsync();
            await host.StartWorkerAsync(Versions.UpTo(2));
            await host.UntilSweepAsync(s => s.Pass > 1, "a pass that had to leave the held key");
            (await host.OnlySweepAsync()).FinishedAt.ShouldBeNull();
            await payment.DisposeAsync();
            ended = await sweeping;
        }

        ended.Code.ShouldBe(KeysCommand.NotWell, "one key stays as it is");
        ended.Output.ShouldContain("450 keys came under v2");
        ended.Output.ShouldContain("1 did not");
        await host.Wallets.ShouldOpenUnderAsync("v2", second, [.. old, .. current]);
        var stored = await host.Wallets.StoredAsync();
        stored[broken.Id].ShouldBe(broken.Stored);
        current.ShouldAllBe(w => stored[w.Id] == w.Stored);
        var sweep = await host.OnlySweepAsync();
        (sweep.Total, sweep.Migrated, sweep.Failed).ShouldBe((451, 450, 1));
        (await host.EventsAsync(KeyEventKind.Migrated)).Select(e => e.KeyId!.Value).ShouldBe(old.Select(w => w.Id), ignoreOrder: true);
        var failures = await host.EventsAsync(KeyEventKind.Failed);
        failures.ShouldHaveSingleItem().KeyId.ShouldBe(broken.Id);
        await host.ShouldPassAuditAsync();
    }

    [Fact]
    public async Task A_stored_text_of_any_length_is_one_broken_key_and_does_not_stop_the_sweep()
    {
        var old = Make(3, Unbound);
        SweptWallet[] broken = [SweptWallet.Make((_, _) => new string('x', 5_000)), SweptWallet.Make((_, _) => "")];
        await host.Wallets.InsertAsync([.. old, .. broken]);
        await host.StartWorkerAsync(Versions.UpTo(2));

        (await host.SweepAsync()).Output.ShouldContain("3 keys came under v2");

        await host.Wallets.ShouldOpenUnderAsync("v2", second, old);
        (await host.EventsAsync(KeyEventKind.Failed)).Select(e => e.KeyId!.Value).ShouldBe(broken.Select(w => w.Id), ignoreOrder: true);
    }

    [Fact]
    public async Task Who_asks_for_a_sweep_while_one_runs_joins_it()
    {
        await host.Wallets.InsertAsync(Make(40, Unbound));
        var one = host.SweepAsync();
        await host.UntilSweepAsync(s => s.StartedAt is null, "the sweep that waits for a worker");
        var other = host.SweepAsync();
        await host.StartWorkerAsync(Versions.UpTo(2));

        var ended = await Task.WhenAll(one, other);

        ended.ShouldAllBe(e => e.Code == KeysCommand.Well && e.Output.Contains("40 keys came under v2"));
        ended[1].Output.ShouldContain("joining it");
        await host.OnlySweepAsync();
    }

    [Fact]
    public async Task Messages_that_come_twice_do_nothing_twice()
    {
        var old = Make(700, Unbound);
        await host.Wallets.InsertAsync(old);
        var frozen = host.Crashes.FreezeAt(CrashPoint.KeySwapped);
        var sweeping = host.SweepAsync(keysPerSecondMax: 100_000);
        var worker = await host.StartWorkerAsync(Versions.UpTo(2));
        var another = await host.StartWorkerAsync(Versions.UpTo(2));
        await frozen.Reached.Task.OrGiveUpAsync("a worker to stand still", TestContext.Current.CancellationToken);
        var sweep = await host.OnlySweepAsync();

        // Under ids of their own, so that the inbox lets them through; before the step is committed, and after.
        await DoubleAsync(another, sweep.Id);
        frozen.Released.SetResult();
        (await sweeping).Code.ShouldBe(KeysCommand.Well);
        await DoubleAsync(worker, sweep.Id);
        var later = await host.SweepAsync();

        later.Output.ShouldContain("0 keys came under v2");
        var ended = await host.WithAsync(db => db.KeySweeps.AsNoTracking().SingleAsync(s => s.Id == sweep.Id));
        (ended.Total, ended.Migrated, ended.Failed).ShouldBe((700, 700, 0));
        (await host.EventsAsync(KeyEventKind.Migrated)).Select(e => e.KeyId!.Value).ShouldBe(old.Select(w => w.Id), ignoreOrder: true);
        await host.Wallets.ShouldOpenUnderAsync("v2", second, old);
        await host.ShouldPassAuditAsync();
    }

    [Fact]
    public async Task A_replica_that_still_writes_with_the_older_version_takes_no_newer_key_for_an_old_one()
    {
        List<SweptWallet> newer = [.. Make(5, Own(second))];
        var older = Make(5, Unbound);
        await host.Wallets.InsertAsync([.. newer, .. older]);
        var behind = await host.StartWorkerAsync(Versions.UpTo(2, latest: 1));

        (await host.SweepAsync()).Output.ShouldContain("5 keys came under v1");
        await host.Wallets.ShouldOpenUnderAsync("v2", second, newer);
    }

    [Fact]
    public async Task A_step_of_a_sweep_to_a_newer_version_waits_for_a_replica_that_writes_with_it()
    {
        var old = Make(5, Unbound);
        await host.Wallets.InsertAsync(old);
        var frozen = host.Crashes.FreezeAt(CrashPoint.KeySwapped);
        var sweeping = host.SweepAsync(keysPerSecondMax: 2);
        var ahead = await host.StartWorkerAsync(Versions.UpTo(2));
        await frozen.Reached.Task.OrGiveUpAsync("a worker to stand still", TestContext.Current.CancellationToken);
        frozen.Released.SetResult();
        await host.UntilSweepAsync(s => s.Migrated > 0, "its first keys");
        await ahead.StopAsync(TestContext.Current.CancellationToken);

        var behind = await host.StartWorkerAsync(Versions.UpTo(2, latest: 1));
        await PatientWait.UntilAsync(
            () => Task.FromResult(host.Log.Text.Contains("this one still writes with v1", StringComparison.Ordinal) ? "said" : null),
            "the replica behind to say that it waits"
        );
        (await host.OnlySweepAsync()).ToKey.ShouldBe("v2");
        // As a roll-out replaces it: it holds the message until then.
        await behind.StopAsync(TestContext.Current.CancellationToken);
        await host.StartWorkerAsync(Versions.UpTo(2));

        (await sweeping).Code.ShouldBe(KeysCommand.Well);
        await host.Wallets.ShouldOpenUnderAsync("v2", second, old);
    }

    private static async Task DoubleAsync(Microsoft.Extensions.Hosting.IHost worker, Guid sweepId)
    {
        foreach (var step in Enumerable.Range(0, 4))
        {
            await worker.Services.GetRequiredService<IBus>().Publish(new SweepDepositKeys { SweepId = sweepId, Step = step });
        }
    }

    /// <summary>A transaction that holds the row of a wallet, as that of a payment does, until it is disposed.</summary>
    private async Task<IAsyncDisposable> HoldAsync(Guid walletId)
    {
        var connection = new Npgsql.NpgsqlConnection(host.Environment["ConnectionStrings__Clones"]);
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand("BEGIN; SELECT 1 FROM deposit_wallets WHERE id = @id FOR UPDATE", connection);
        command.Parameters.AddWithValue("id", walletId);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    private static List<SweptWallet> Make(int count, Func<byte[], KeyBinding, string> store) =>
        [.. Enumerable.Range(0, count).Select(_ => SweptWallet.Make(store))];

    private static Func<byte[], KeyBinding, string> Own(KeyRing ring) => (key, binding) => SecretKeyCodec.Seal(key, binding, ring);

    private static string Unbound(byte[] secretKey, KeyBinding binding) => OldSystem.Seal(Convert.ToBase64String(secretKey));
}
