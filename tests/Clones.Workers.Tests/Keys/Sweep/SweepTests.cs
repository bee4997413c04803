using Clones.Contracts.Keys;
using Clones.Persistence.Faults;
using Clones.Persistence.Keys;
using Clones.Solana.Primitives;
using Clones.Testing;
using Clones.Workers.Keys;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Workers.Tests.Keys.Sweep;

public sealed class SweepTests
{
    [Fact]
    public async Task Keys_in_all_forms_come_under_the_current_master_key_and_one_that_does_not_open_stays_and_is_told()
    {
        await using var host = new SweepHost();
        await host.InitializeAsync();
        using var first = TestKeys.Ring();
        List<KeyBinding> planted =
        [
            .. await host.PlantAsync(300, (account, _) => OldSystem.Bare(account)),
            .. await host.PlantAsync(5, (account, _) => OldSystem.Seal(OldSystem.Bare(account))),
            .. await host.PlantAsync(300, (account, binding) => Sealed(account, binding, first)),
        ];
        var broken = await host.PlantAsync(1, (account, binding) => Sealed(account, binding with { Id = Guid.CreateVersion7() }, first));
        using var worker = await host.StartWorkerAsync();

        var (code, said) = await host.SweepAsync();

        code.ShouldBe(1, "one is left");
        said.ShouldContain("605 keys came under v2");
        said.ShouldContain("1 did not");
        (await host.OpenAllAsync(planted)).ShouldBe(new Dictionary<string, int> { ["v2"] = 605 });
        await using var db = host.Context();
        var events = await db.KeyEvents.Where(e => e.KeyId != null).GroupBy(e => e.Kind).ToDictionaryAsync(g => g.Key, g => g.Count());
        events[KeyEventKind.Migrated].ShouldBe(605);
        (await db.KeyEvents.Where(e => e.Kind == KeyEventKind.Failed).Select(e => e.KeyId).Distinct().SingleAsync()).ShouldBe(broken[0].Id);
        (await host.SweepAsync()).Said.ShouldContain("0 keys came under v2");
        await worker.StopAsync();
    }

    [Fact]
    public async Task A_key_that_a_payment_holds_is_passed_over_and_found_again_when_it_is_free()
    {
        await using var host = new SweepHost();
        await host.InitializeAsync();
        var planted = await host.PlantAsync(20, (account, _) => OldSystem.Bare(account));
        using var worker = await host.StartWorkerAsync();
        await using var payment = host.Context();
        await using var holding = await payment.Database.BeginTransactionAsync();
        await payment.Database.ExecuteSqlAsync($"SELECT 1 FROM deposit_wallets WHERE id = {planted[7].Id} FOR UPDATE");

        var sweeping = host.SweepAsync();
        await UntilAsync(host, s => s.Migrated == 19 && s.Pass > 1);
        await holding.CommitAsync();

        (await sweeping).Code.ShouldBe(0);
        (await host.OpenAllAsync(planted)).ShouldBe(new Dictionary<string, int> { ["v2"] = 20 });
        await worker.StopAsync();
    }

    [Fact]
    public async Task A_second_command_joins_the_sweep_that_runs_and_a_message_that_comes_twice_does_nothing_twice()
    {
        await using var host = new SweepHost();
        await host.InitializeAsync();
        var planted = await host.PlantAsync(40, (account, _) => OldSystem.Bare(account));
        using var worker = await host.StartWorkerAsync();

        // 20 a second and steps of 20: the second step comes no sooner than a second after the first.
        var sweeping = host.SweepAsync(keysPerSecondMax: 20);
        var sweep = await UntilAsync(host, s => s.Step >= 1);
        var bus = worker.Services.GetRequiredService<IBus>();
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => bus.Publish(new SweepDepositKeys { SweepId = sweep.Id, Step = 0 })));
        var (_, said) = await host.SweepAsync();

        said.ShouldContain("joining it");
        (await sweeping).Code.ShouldBe(0);
        await using var db = host.Context();
        (await db.KeySweeps.CountAsync()).ShouldBe(1);
        (await db.KeyEvents.CountAsync(e => e.Kind == KeyEventKind.Migrated)).ShouldBe(40);
        (await host.OpenAllAsync(planted)).ShouldBe(new Dictionary<string, int> { ["v2"] = 40 });
        var done = await db.KeySweeps.AsNoTracking().SingleAsync();
        (done.FinishedAt!.Value - done.StartedAt!.Value).ShouldBeGreaterThan(TimeSpan.FromSeconds(1.9), "40 keys at 20 a second");
        await worker.StopAsync();
    }

    [Fact]
    public async Task A_worker_killed_with_a_batch_written_and_not_committed_loses_nothing_and_another_goes_on()
    {
        await using var host = new SweepHost();
        await host.InitializeAsync();
        var planted = await host.PlantAsync(1_200, (account, _) => OldSystem.Bare(account));
        // SIGKILL by the process itself at the named point, the second time it gets there.
        await using var dying = LeashedProcess.Start(
            ["dotnet", Repository.PathOf("src", "Clones.Workers", "bin", Configuration, "net10.0", "Clones.Workers.dll")],
            new Dictionary<string, string?>(
                host.Settings.Select(s => KeyValuePair.Create(s.Key.Replace(":", "__", StringComparison.Ordinal), s.Value))
            )
            {
                ["Faults__DieAt"] = nameof(CrashPoint.KeySwapped),
                ["Faults__DieAfter"] = "1",
                ["ASPNETCORE_ENVIRONMENT"] = "Development",
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
                ["SOLANA_RPC_URLS"] = "http://127.0.0.1:9",
            }
        );
        var sweeping = host.SweepAsync();
        using (var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60)))
        {
            await dying.WaitAsync(limit.Token);
        }
        var before = await host.OpenAllAsync(planted);
        before["v2"].ShouldBe(500, "the first batch is committed, the second was not");
        before["plaintext"].ShouldBe(700);

        using var other = await host.StartWorkerAsync();
        (await sweeping).Code.ShouldBe(0);

        (await host.OpenAllAsync(planted)).ShouldBe(new Dictionary<string, int> { ["v2"] = 1_200 });
        await using var db = host.Context();
        (await db.KeyEvents.CountAsync(e => e.Kind == KeyEventKind.Migrated)).ShouldBe(1_200);
        (await db.KeySweeps.AsNoTracking().SingleAsync()).Migrated.ShouldBe(1_200);
        await other.StopAsync();
    }

    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    private static string Sealed(Account account, KeyBinding binding, KeyRing ring)
    {
        var secretKey = new byte[64];
        account.CopySecretKeyTo(secretKey);
        return SecretKeyCodec.Seal(secretKey, binding, ring);
    }

    private static async Task<KeySweep> UntilAsync(SweepHost host, Func<KeySweep, bool> isThere)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            await using var db = host.Context();
            var sweep = await db.KeySweeps.AsNoTracking().FirstOrDefaultAsync(limit.Token);
            if (sweep is not null && isThere(sweep))
            {
                return sweep;
            }
            await Task.Delay(50, limit.Token);
        }
    }
}
