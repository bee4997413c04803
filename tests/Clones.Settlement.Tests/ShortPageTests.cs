using Clones.Domain.Payments;
using Clones.Domain.Pools;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Tests;

/// <summary>Row 33 of the fault matrix on real parts: every node that the workers know caps its pages at five entries, without a word.</summary>
public sealed class ShortPageTests(SettlementHost host) : IClassFixture<SettlementHost>
{
    private const ulong Sol = 1_000_000_000;
    private const int Deposits = 12;

    [Fact]
    public async Task Row_33_a_wallet_with_more_deposits_than_a_page_has_all_of_them_in_its_ledger_and_a_hole_is_found_and_filled()
    {
        await host.FaultsAsync(new { front = "all", pageLimit = 5 });
        var pool = await host.CreatePoolAsync(0);
        var wallet = await AddressAsync(pool);
        for (var i = 1; i < Deposits; i++)
        {
            await host.Bystander.RequestAirdropAsync(wallet, Sol);
        }
        await host.FundAsync(wallet, Sol);

        (await UntilDepositsAsync(pool, Deposits)).ShouldBe(Deposits * (long)Sol);
        var (code, report) = await host.ReconcileAsync();
        code.ShouldBe(0, report);

        // As an older version left it: read up to here, and not all of it.
        await host.WithAsync(
            async (_, db) =>
            {
                var some = await db.WalletMovements.OrderBy(m => m.Slot).Select(m => m.Signature).Skip(2).Take(5).ToListAsync();
                return await db.WalletMovements.Where(m => some.Contains(m.Signature)).ExecuteDeleteAsync();
            }
        );
        (await UntilDepositsAsync(pool, Deposits)).ShouldBe(Deposits * (long)Sol);
        await host.HealAsync();
    }

    [Fact]
    public async Task Row_33_a_database_restored_to_before_eight_payments_pays_none_of_them_again()
    {
        var pool = await host.CreatePoolAsync(12 * Sol);
        var wallet = await AddressAsync(pool);
        await host.StopAllAsync();
        await host.BackUpAsync();
        await host.StartAnotherAsync();
        var recipients = Enumerable.Range(0, 8).Select(_ => TestKeys.FreshAddress()).ToList();
        var first = new List<Payment>();
        foreach (var recipient in recipients)
        {
            first.Add(await host.PayAsync(pool, recipient, Sol, key: recipient));
        }
        foreach (var payment in first)
        {
            await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);
        }

        await host.StopAllAsync();
        await host.FaultsAsync(new { front = "all", pageLimit = 5 });
        await host.RestoreAsync();
        await host.StartAnotherAsync();
        await host.UntilFenceAsync(isOpen: false);
        await host.PassFenceAsync();
        foreach (var recipient in recipients)
        {
            var again = await host.PayAsync(pool, recipient, Sol, key: recipient);
            var found = await host.UntilPaymentAsync(again.Id, PaymentStatus.Completed);
            found.Signature.ShouldBe((await PaidAsync(wallet, again.TransactionId!.Value)).ShouldHaveSingleItem());
        }

        foreach (var recipient in recipients)
        {
            (await host.Bystander.GetBalanceAsync(PublicKey.Parse(recipient))).Value.ShouldBe(Sol);
        }
        var (code, report) = await host.ReconcileAsync();
        code.ShouldBe(0, report);
        await host.HealAsync();
    }

    private Task<PublicKey> AddressAsync(TrainingPool pool) =>
        host.WithAsync(
            async (_, db) =>
                PublicKey.Parse(await db.DepositWallets.Where(w => w.TrainingPoolId == pool.Id).Select(w => w.Address).SingleAsync())
        );

    /// <summary>Waits for so many deposits in the ledger.</summary>
    /// <returns>Lamports of them all.</returns>
    private async Task<long> UntilDepositsAsync(TrainingPool pool, int count)
    {
        var deltas = await PatientWait.UntilAsync(
            () =>
                host.WithAsync(
                    async (_, db) =>
                        await (
                            from movement in db.WalletMovements
                            join wallet in db.DepositWallets on movement.WalletId equals wallet.Id
                            where wallet.TrainingPoolId == pool.Id
                            select movement.Delta
                        ).ToListAsync()
                            is { } found
                        && found.Count == count
                            ? found
                            : null
                ),
            $"{count} deposits in the ledger"
        );
        return deltas.Sum(delta => (long)delta);
    }

    private async Task<IReadOnlyList<string>> PaidAsync(PublicKey wallet, Guid transactionId)
    {
        var history = await new AddressHistory(host.Bystander, wallet, Commitment.Confirmed).ReadWholeAsync(
            TestContext.Current.CancellationToken
        );
        return
        [
            .. history
                .ShouldNotBeNull()
                .Where(e => e.Err is null && Rules.TransactionMemo.Mentions(e.Memo, transactionId))
                .Select(e => e.Signature.ToString()),
        ];
    }
}
