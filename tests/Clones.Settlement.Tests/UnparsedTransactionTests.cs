using Clones.Domain.Ledger;
using Clones.Domain.Payments;
using Clones.Persistence.Ledger;
using Clones.Settlement.Ledger;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Settlement.Tests;

/// <summary>Anybody can send a transaction of any version to any wallet.</summary>
public sealed class UnparsedTransactionTests(SettlementHost host) : IClassFixture<SettlementHost>
{
    private const ulong Sol = 1_000_000_000;

    [Fact]
    public async Task Row_34_transactions_of_version_1_and_of_an_unknown_one_are_in_the_ledger_and_nothing_stops()
    {
        var pool = await host.CreatePoolAsync(3 * Sol);
        var wallet = await host.WithAsync((_, db) => db.DepositWallets.AsNoTracking().SingleAsync(w => w.TrainingPoolId == pool.Id));
        using var stranger = Account.Generate();
        await host.FundAsync(stranger.PublicKey, Sol);

        var known = await DepositAsync(stranger, wallet.Address, 1_000_000, version: 1);
        var unknown = await DepositAsync(stranger, wallet.Address, 2_000_000, version: 2);
        var after = await DepositAsync(stranger, wallet.Address, 3_000_000, version: null);

        var rows = await PatientWait.UntilAsync(
            () => WithAllAsync(MovementsAsync(wallet.Id), known, unknown, after),
            "all deposits to be in the ledger"
        );
        Row(rows, known).ShouldBe((MovementKind.Deposit, 1_000_000, null));
        Row(rows, unknown)
            .ShouldBe((MovementKind.Unparsed, 2_000_000, "Its version is above 1. Transactions of version 2 cannot be read."));
        Row(rows, after).ShouldBe((MovementKind.Deposit, 3_000_000, null));

        await host.WithAsync((services, _) => RaiseAsync(services));
        var payment = await host.PayAsync(pool, TestKeys.FreshAddress(), Sol);
        await host.PassFenceAsync();
        await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);

        var report = await PatientWait.UntilAsync(
            async () => await host.ReconcileAsync() is (0, var said) ? said : null,
            "the books and the chain to be equal"
        );
        report.ShouldContain($"UNPARSED: {unknown}: 2000000 lamports in slot ");
        report.ShouldNotContain($"UNPARSED: {known}");
        report.ShouldContain("0 differences, 0 unresolved");
    }

    [Fact]
    public async Task What_an_earlier_release_could_not_read_is_read_again()
    {
        var pool = await host.CreatePoolAsync(Sol);
        var wallet = await host.WithAsync((_, db) => db.DepositWallets.AsNoTracking().SingleAsync(w => w.TrainingPoolId == pool.Id));
        using var stranger = Account.Generate();
        await host.FundAsync(stranger.PublicKey, Sol);
        var deposit = await DepositAsync(stranger, wallet.Address, 1_000_000, version: 1);
        await PatientWait.UntilAsync(() => WithAllAsync(MovementsAsync(wallet.Id), deposit), "the deposit to be in the ledger");

        // As a release has left it that knew version 0.
        await host.WithAsync(
            (_, db) =>
                db.Database.ExecuteSqlAsync(
                    $"""
                    UPDATE wallet_movements SET kind = 'UNPARSED', delta = 0, unparsed = 'Its version is above 0.', unparsed_by_version = 0
                    WHERE signature = {deposit.ToString()}
                    """
                )
        );

        await PatientWait.UntilAsync(
            async () => (await MovementsAsync(wallet.Id)).Find(m => m.Signature == deposit.ToString() && m.Unparsed is null),
            "the deposit to be read again"
        );
        Row(await MovementsAsync(wallet.Id), deposit).ShouldBe((MovementKind.Deposit, 1_000_000, null));
    }

    private async Task<Signature> DepositAsync(Account stranger, string wallet, ulong lamports, int? version)
    {
        var latest = await host.Bystander.GetLatestBlockhashAsync(Commitment.Confirmed);
        var transaction = new TransactionBuilder()
            .SetFeePayer(stranger.PublicKey)
            .SetRecentBlockhash(latest.Blockhash)
            .AddInstruction(SystemProgram.Transfer(stranger.PublicKey, PublicKey.Parse(wallet), lamports))
            .Build(stranger);
        await host.Bystander.SendTransactionAsync(transaction.Serialize());
        await PatientWait.UntilAsync(
            async () => (await host.Bystander.GetSignatureStatusesAsync([transaction.Id])).Value[0],
            "the deposit to be processed"
        );
        // Long before it is final, which is when it is first read.
        if (version is { } other)
        {
            await host.PresentAsAsync(transaction.Id, other);
        }
        return transaction.Id;
    }

    private static async Task<bool> RaiseAsync(IServiceProvider services) =>
        await services
            .GetRequiredService<ILedgerStore>()
            .RaiseFenceAsync("Raised by hand: a test", held: false, raising: null, CancellationToken.None);

    private Task<List<WalletMovement>> MovementsAsync(Guid walletId) =>
        host.WithAsync((_, db) => db.WalletMovements.AsNoTracking().Where(m => m.WalletId == walletId).ToListAsync());

    private static async Task<List<WalletMovement>?> WithAllAsync(Task<List<WalletMovement>> reading, params Signature[] wanted) =>
        await reading is var rows && wanted.All(w => rows.Exists(m => m.Signature == w.ToString())) ? rows : null;

    private static (MovementKind, int, string?) Row(List<WalletMovement> rows, Signature signature)
    {
        var row = rows.Where(m => m.Signature == signature.ToString()).ToList().ShouldHaveSingleItem();
        return (row.Kind, (int)row.Delta, row.Unparsed);
    }
}
