using Clones.Custody;
using Clones.Domain.Keys;
using Clones.Testing.Hosts;
using Clones.Testing.Transit;
using Clones.Workers.Commands.Keys;

namespace Clones.Workers.Tests.Sweep;

/// <summary>Master keys move into Vault, and back: both ways the sweep brings the keys along.</summary>
public sealed class SweepBetweenSourcesTests
{
    [Fact]
    public async Task A_sweep_brings_all_keys_under_Vault_and_a_later_one_brings_them_back_under_the_environment()
    {
        await using var vault = await TransitStandIn.StartAsync();
        vault.CreateKey("deposit");
        var inVault = new Dictionary<string, string?>(Versions.UpTo(1))
        {
            ["DEPOSIT_KEY_ENCRYPTION_SOURCE"] = "transit",
            ["VAULT_ADDR"] = vault.Address,
            ["VAULT_TOKEN"] = vault.Token,
            ["DEPOSIT_KEY_TRANSIT_KEY"] = "deposit",
        };
        await using var host = await SweepHost.StartAsync();
        using var ring = Versions.Ring(1);
        List<SweptWallet> wallets =
        [
            .. Enumerable.Range(0, 20).Select(_ => SweptWallet.Make((key, binding) => SecretKeyCodec.Seal(key, binding, ring))),
        ];
        await host.Wallets.InsertAsync(wallets);

        var worker = await host.StartWorkerAsync(inVault);
        var there = await host.SweepAsync();
        await worker.StopAsync(TestContext.Current.CancellationToken);

        (there.Code, there.Output).ShouldSatisfyAllConditions(
            s => s.Code.ShouldBe(KeysCommand.Well),
            s => s.Output.ShouldContain("20 keys came under transit-v1")
        );
        (await host.Wallets.StoredAsync()).Values.ShouldAllBe(s => s.StartsWith("k1:transit:vault:v1:"));

        // What is written with is named by the source; Vault is still known, to open what lies under it.
        await host.StartWorkerAsync(new Dictionary<string, string?>(inVault) { ["DEPOSIT_KEY_ENCRYPTION_SOURCE"] = "environment" });
        var back = await host.SweepAsync();

        (back.Code, back.Output).ShouldSatisfyAllConditions(
            s => s.Code.ShouldBe(KeysCommand.Well),
            s => s.Output.ShouldContain("20 keys came under v1")
        );
        await host.Wallets.ShouldOpenUnderAsync("v1", ring, wallets);
        (await host.EventsAsync(KeyEventKind.Failed)).ShouldBeEmpty();
        await host.ShouldPassAuditAsync();
    }
}
