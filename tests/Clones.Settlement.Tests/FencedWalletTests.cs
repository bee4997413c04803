using Clones.Domain.Ledger;
using Clones.Domain.Payments;
using Clones.Domain.Pools;
using Clones.Persistence.Ledger;
using Clones.Settlement.Operators;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Tests;

/// <summary>The fence before one wallet whose ledger does not add up to its balance, on real parts.</summary>
public sealed class FencedWalletTests(SettlementHost host) : IClassFixture<SettlementHost>
{
    private const ulong Sol = 1_000_000_000;

    [Fact]
    public async Task A_wallet_whose_ledger_differs_is_held_back_by_name_while_the_others_sign_until_an_operator_lets_it_through()
    {
        var (differing, sound) = (await host.CreatePoolAsync(3 * Sol), await host.CreatePoolAsync(3 * Sol));
        await host.UntilFenceAsync(isOpen: true);
        await AddMovementAsync(differing, 5);
        await host.WithAsync((_, db) => db.RaiseFenceAsync("A drill.", held: false, raising: null, TestContext.Current.CancellationToken));
        var waits = await host.PayAsync(differing, TestKeys.FreshAddress(), Sol);
        var goesOn = await host.PayAsync(sound, TestKeys.FreshAddress(), Sol);
        await PatientWait.UntilAsync(
            () =>
                host.WithAsync(
                    async (_, db) =>
                        await db.ReadFenceAsync(TestContext.Current.CancellationToken) is { BlockHeight: not null } f ? f : null
                ),
            "the height of the fence to be set"
        );
        await host.WarpAsync(300);

        await host.UntilPaymentAsync(goesOn.Id, PaymentStatus.Completed);

        var wallet = await host.WithAsync((_, db) => db.DepositWallets.SingleAsync(w => w.TrainingPoolId == differing.Id));
        var status = await PatientWait.UntilAsync(
            async () =>
                await StatusAsync() is var text && text.Contains("wallets that may not sign yet: 1", StringComparison.Ordinal)
                    ? text
                    : null,
            "one wallet to be held back"
        );
        status.ShouldContain($"{wallet.Address, -44}  The movements of lamports add up to");
        (await host.WithAsync((_, db) => db.ReadFenceAsync(TestContext.Current.CancellationToken))).IsOpen.ShouldBeFalse();
        (await host.AttemptsAsync(waits.TransactionId!.Value)).ShouldBeEmpty();
        (await host.TransactionAsync(waits)).Reason.ShouldNotBeNull().ShouldStartWith("Signing is fenced");

        (await OpenAsync("9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM")).Code.ShouldBe(ReconcileExitCode.WrongUsage);
        var (code, report) = await OpenAsync(wallet.Address);
        code.ShouldBe(ReconcileExitCode.NoDifference, report);
        report.ShouldContain("may sign. Found by the comparison: The movements of lamports add up to");
        await host.UntilPaymentAsync(waits.Id, PaymentStatus.Completed);
        await host.UntilFenceAsync(isOpen: true);
        (await OpenAsync(wallet.Address)).Report.ShouldContain("no wallet is held back");
    }

    private Task<int> AddMovementAsync(TrainingPool pool, int lamports) =>
        host.WithAsync(
            async (_, db) =>
            {
                var wallet = await db.DepositWallets.SingleAsync(w => w.TrainingPoolId == pool.Id);
                db.WalletMovements.Add(
                    new WalletMovement
                    {
                        WalletId = wallet.Id,
                        Signature = "of no transaction",
                        Ordinal = 0,
                        Kind = MovementKind.Deposit,
                        Delta = lamports,
                        Slot = 1,
                        RecordedAt = DateTimeOffset.UnixEpoch,
                    }
                );
                return await db.SaveChangesAsync();
            }
        );

    private async Task<string> StatusAsync()
    {
        await using var report = new StringWriter();
        await FenceControl.StatusAsync(host.FirstWorker.Services, report);
        return report.ToString();
    }

    private async Task<(int Code, string Report)> OpenAsync(string address)
    {
        await using var report = new StringWriter();
        var code = await FenceControl.OpenAsync(host.FirstWorker.Services, address, "a test of the fence", report);
        return (code, report.ToString());
    }
}
