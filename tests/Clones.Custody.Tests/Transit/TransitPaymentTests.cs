using Clones.Domain.Payments;
using Clones.Testing;
using Clones.Testing.Hosts;
using Clones.Testing.Transit;
using Microsoft.EntityFrameworkCore;

namespace Clones.Custody.Tests.Transit;

/// <summary>Master keys move from the environment into Vault while payments go on.</summary>
public sealed class TransitPaymentTests
{
    private const ulong Sol = 1_000_000_000;

    [Fact]
    public async Task A_key_comes_from_the_environment_under_Vault_on_its_use_and_a_payment_waits_while_Vault_is_sealed()
    {
        await using var vault = await TransitStandIn.StartAsync();
        vault.CreateKey("deposit");
        await using var host = new SettlementHost();
        await host.InitializeAsync();
        var pool = await host.CreatePoolAsync(Sol);
        (await MasterKeyAsync(host)).ShouldBe("v1");
        await host.StopFirstAsync();
        await host.StartAnotherAsync(
            null,
            new Dictionary<string, string?>
            {
                ["DEPOSIT_KEY_ENCRYPTION_SOURCE"] = "transit",
                ["VAULT_ADDR"] = vault.Address,
                ["VAULT_TOKEN"] = vault.Token,
                ["DEPOSIT_KEY_TRANSIT_KEY"] = "deposit",
            }
        );

        await PayAsync();
        (await MasterKeyAsync(host)).ShouldBe("transit-v1");
        vault.IsSealed = true;
        var waiting = await host.PayAsync(pool, TestKeys.FreshAddress(), 10_000_000);
        await PatientWait.UntilAsync(
            () => Task.FromResult(host.Log.Text.Contains("under transit-v1 cannot be used", StringComparison.Ordinal) ? "said" : null),
            "the worker to find Vault sealed"
        );
        vault.IsSealed = false;

        await host.UntilPaymentAsync(waiting.Id, PaymentStatus.Completed);
        (await host.WithAsync((_, db) => db.KeyEvents.CountAsync(e => e.Kind == Domain.Keys.KeyEventKind.Failed))).ShouldBe(0);

        async Task PayAsync() =>
            await host.UntilPaymentAsync((await host.PayAsync(pool, TestKeys.FreshAddress(), 10_000_000)).Id, PaymentStatus.Completed);
    }

    private static Task<string?> MasterKeyAsync(SettlementHost host) =>
        host.WithAsync((_, db) => db.DepositWalletKeys.Select(k => k.MasterKey).SingleAsync());
}
