using Clones.Custody;
using Clones.Domain.Keys;
using Clones.Testing;
using Clones.Testing.Hosts;
using Clones.Workers.Commands.Keys;
using Microsoft.EntityFrameworkCore;

namespace Clones.Workers.Tests.Sweep;

public sealed class KilledSweepTests
{
    [Fact]
    public async Task Killed_with_a_batch_written_and_not_committed_another_process_goes_on_and_none_is_lost_or_counted_twice()
    {
        await using var host = await SweepHost.StartAsync();
        using var first = Versions.Ring(1);
        using var second = Versions.Ring(2);
        List<SweptWallet> wallets =
        [
            .. Enumerable.Range(0, 1_300).Select(_ => SweptWallet.Make((key, binding) => SecretKeyCodec.Seal(key, binding, first))),
        ];
        await host.Wallets.InsertAsync(wallets);
        var sweeping = host.SweepAsync(keysPerSecondMax: 100_000);

        await using (var worker = StartProcess(host, ("Faults__DieAt", "KeySwapped"), ("Faults__DieAfter", "1")))
        {
            await worker
                .WaitAsync(TestContext.Current.CancellationToken)
                .OrGiveUpAsync("the worker to die", TestContext.Current.CancellationToken);
        }
        var left = await host.OnlySweepAsync();
        (left.Migrated, left.Total, left.Step).ShouldBe((500, 1_300, 1));
        (await host.WithAsync(db => db.DepositWalletKeys.CountAsync(k => k.MasterKey == "v2"))).ShouldBe(500);

        await using var another = StartProcess(host);
        var (code, output) = await sweeping;

        code.ShouldBe(KeysCommand.Well, output);
        var ended = await host.OnlySweepAsync();
        (ended.Migrated, ended.Total, ended.Failed).ShouldBe((1_300, 1_300, 0));
        await host.Wallets.ShouldOpenUnderAsync("v2", second, wallets);
        var migrated = await host.EventsAsync(KeyEventKind.Migrated);
        migrated.Select(e => e.KeyId!.Value).ShouldBe(wallets.Select(w => w.Id), ignoreOrder: true);
        await host.ShouldPassAuditAsync();
    }

    /// <summary>The worker host itself, as it is deployed. Its chain is away, which is nothing to a sweep.</summary>
    private static LeashedProcess StartProcess(SweepHost host, params (string Name, string Value)[] more)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var environment = new Dictionary<string, string?>(host.Environment.Concat(Versions.UpTo(2)))
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            ["CLONES_WEBHOOK_SECRET"] = "webhook-secret-of-the-tests-0123456789abcdef",
            ["SOLANA_RPC_URLS"] = "http://127.0.0.1:1",
        };
        foreach (var (name, value) in more)
        {
            environment[name] = value;
        }
        return LeashedProcess.Start(
            ["dotnet", Repository.PathOf("src", "Clones.Workers", "bin", configuration, "net10.0", "Clones.Workers.dll")],
            environment
        );
    }
}
