using System.Globalization;
using Clones.Contracts.Settlement;
using Clones.Domain.Faults;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Solana.Primitives;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Clones.Settlement.Tests;

/// <summary>Workers that die, freeze or lose their broker, on a real database, broker and cluster. Whole processes are killed by the chaos run.</summary>
public sealed class CrashedWorkerTests(SettlementHost host) : IClassFixture<SettlementHost>
{
    private const ulong Sol = 1_000_000_000;

    [Fact]
    public async Task Rows_3_to_7_a_payment_whose_worker_dies_once_at_every_point_is_paid_once()
    {
        CrashPoint[] everywhere =
        [
            CrashPoint.PreparationBegun,
            CrashPoint.Signed,
            CrashPoint.AttemptWritten,
            CrashPoint.BeforeSend,
            CrashPoint.AfterSend,
            CrashPoint.DecisionReached,
            CrashPoint.DecisionWritten,
            CrashPoint.DecisionCommitted,
            CrashPoint.PaymentsClosed,
        ];
        var recipient = TestKeys.FreshAddress();
        var pool = await host.CreatePoolAsync(2 * Sol);
        var before = host.Crashes.Struck.Count;
        foreach (var point in everywhere)
        {
            host.Crashes.DieAt(point);
        }

        var payment = await host.PayAsync(pool, recipient, Sol);
        var completed = await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);

        host.Crashes.Struck.Skip(before).ShouldBe(everywhere, ignoreOrder: true);
        await ShouldBePaidOnceAsync(completed);
    }

    [Fact]
    public async Task Row_19_messages_that_come_again_an_hour_later_are_no_ops()
    {
        var pool = await host.CreatePoolAsync(2 * Sol);
        var payment = await host.PayAsync(pool, TestKeys.FreshAddress(), Sol);
        var completed = await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);
        await host.StartAnotherAsync(services => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(new AnHourLater())));

        // Under ids of their own, so that the inbox lets them through; several, so that the later worker gets some of each.
        var id = payment.TransactionId!.Value;
        for (var i = 0; i < 6; i++)
        {
            await host.PublishAsync(new PrepareTransactions { TransactionIds = [id] });
            await host.PublishAsync(new BroadcastTransaction { TransactionId = id, AttemptNumber = 1 });
            await host.PublishAsync(new TransactionSettled { TransactionId = id, Outcome = "FAILED" });
        }
        var later = await host.PayAsync(pool, TestKeys.FreshAddress(), 10_000_000);
        await host.UntilPaymentAsync(later.Id, PaymentStatus.Completed);

        await ShouldBePaidOnceAsync(completed);
        (await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed)).CompletedAt.ShouldBe(completed.CompletedAt);
    }

    [Fact]
    public async Task Row_21_a_worker_that_stands_still_before_its_send_finds_the_payment_settled_and_sends_only_old_bytes()
    {
        var pool = await host.CreatePoolAsync(2 * Sol);
        await host.StartAnotherAsync();
        var frozen = host.Crashes.FreezeAt(CrashPoint.BeforeSend);
        var payment = await host.PayAsync(pool, TestKeys.FreshAddress(), Sol);
        await frozen.Reached.Task.OrGiveUpAsync("a worker to stand still", TestContext.Current.CancellationToken);

        var completed = await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);
        frozen.Released.SetResult();
        var later = await host.PayAsync(pool, TestKeys.FreshAddress(), 10_000_000);
        await host.UntilPaymentAsync(later.Id, PaymentStatus.Completed);

        await ShouldBePaidOnceAsync(completed);
        (await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed)).Signature.ShouldBe(completed.Signature);
    }

    [Fact]
    public async Task Row_23_connections_to_the_broker_that_are_cut_again_and_again_lose_and_double_nothing()
    {
        var pool = await host.CreatePoolAsync(3 * Sol);
        await host.StartAnotherAsync();
        var cut = 0;

        var payments = new List<Payment>();
        for (var round = 0; round < 3; round++)
        {
            payments.AddRange(
                await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => host.PayAsync(pool, TestKeys.FreshAddress(), 10_000_000)))
            );
            var closed = await PatientWait.UntilAsync(
                async () => await host.CutBrokerConnectionsAsync() is > 0 and var count ? $"{count}" : null,
                "connections to cut"
            );
            cut += int.Parse(closed, CultureInfo.InvariantCulture);
        }

        cut.ShouldBeGreaterThanOrEqualTo(3);
        foreach (var payment in payments)
        {
            await ShouldBePaidOnceAsync(await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed));
        }
    }

    private sealed class AnHourLater : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddMinutes(61);
    }

    private async Task ShouldBePaidOnceAsync(Payment payment)
    {
        (await host.LandedAsync(payment)).ShouldBe(1);
        (await host.AttemptsAsync(payment.TransactionId!.Value)).ShouldHaveSingleItem().Status.ShouldBe(AttemptStatus.Finalized);
        (await host.Rpc.Primary.GetBalanceAsync(PublicKey.Parse(payment.Recipient))).Value.ShouldBe(payment.Amount);
        (
            await host.WithAsync(
                (_, db) => db.WalletReservations.CountAsync(r => r.TransactionId == payment.TransactionId && r.ReleasedAt == null)
            )
        ).ShouldBe(0);
    }
}
