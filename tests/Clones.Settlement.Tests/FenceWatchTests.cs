using Clones.Domain.Payments;
using Clones.Domain.Pools;
using Clones.Persistence.Ledger;
using Clones.Settlement.Chain;
using Clones.Settlement.Fence;
using Clones.Settlement.Rules;
using Clones.Settlement.Store;
using Clones.Solana.Primitives;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Settlement.Tests;

/// <summary>What running workers notice of their database, and whom they believe before they go on.</summary>
public sealed class FenceWatchTests(SettlementHost host) : IClassFixture<SettlementHost>
{
    private const ulong Sol = 1_000_000_000;

    [Fact]
    public async Task A_database_whose_log_is_behind_what_living_workers_have_seen_of_it_closes_signing_and_raises_the_fence()
    {
        await host.UntilFenceAsync(isOpen: true);

        // As a worker that has seen more of the log than this server has written: its disk was set back under it.
        host.FirstWorker.Services.GetRequiredService<DatabaseHeartbeat>().Record(1L << 60);

        (await AskAsync()).IsOpen.ShouldBeFalse();
        (await host.UntilFenceAsync(isOpen: false)).Reason.ShouldBe("This database has gone back in time.");
        await ShouldPayAfterwardsAsync();
    }

    [Fact]
    public async Task A_fence_whose_table_is_dropped_and_made_anew_with_its_row_is_raised()
    {
        await host.UntilFenceAsync(isOpen: true);

        // As pg_dump --clean does it, in one commit: the row is the same to the last byte, and says that it is open.
        await ExecuteAsync(
            """
            CREATE TABLE anew (LIKE signing_fence INCLUDING ALL);
            INSERT INTO anew SELECT * FROM signing_fence;
            DROP TABLE signing_fence;
            ALTER TABLE anew RENAME TO signing_fence
            """
        );

        (await AskAsync()).IsOpen.ShouldBeFalse();
        (await host.UntilFenceAsync(isOpen: false)).Reason.ShouldBe("This database was restored from a backup, copied or failed over.");
        await ShouldPayAfterwardsAsync();
    }

    [Fact]
    public async Task One_of_two_nodes_that_lags_or_hides_history_keeps_the_fence_raised()
    {
        var pool = await host.CreatePoolAsync(2 * Sol);
        await host.UntilFenceAsync(isOpen: true);
        await host.FaultsAsync(new { front = 1, lagSlots = 500 });
        var before = await RaiseAsync();

        // Past the height of the fence for the one, not yet for the other.
        await TryAsync();
        await host.WarpAsync(250);
        (await TryAsync()).ShouldContain("and must pass");
        await host.FaultsAsync(
            new
            {
                front = 1,
                lagSlots = 0,
                nullAnswers = 1,
            }
        );
        await host.WarpAsync(100);
        (await TryAsync()).ShouldContain("nodes report the whole history of");
        var fence = await host.WithAsync((_, db) => db.ReadFenceAsync(TestContext.Current.CancellationToken));
        (fence.IsOpen, fence.Raising).ShouldBe((false, before));
        var (code, report) = await host.ReconcileAsync();
        code.ShouldBe(3, report);
        report.ShouldContain("Signing fence: RAISED");

        await host.HealAsync();
        await host.UntilFenceAsync(isOpen: true);
        await ShouldPayAsync(pool);
    }

    private Task<int> ExecuteAsync(string sql) =>
        host.WithAsync((_, db) => db.Database.ExecuteSqlRawAsync(sql, TestContext.Current.CancellationToken));

    /// <summary>As a signer of the living workers does.</summary>
    private async Task<SigningPermit> AskAsync() =>
        await host.WithAsync(
            async (services, _) =>
            {
                await using var work = await services
                    .GetRequiredService<ISettlementStore>()
                    .BeginAsync(TestContext.Current.CancellationToken);
                return await work.AskFenceAsync(Guid.Empty, TestContext.Current.CancellationToken);
            }
        );

    private Task<long> RaiseAsync() =>
        host.WithAsync(
            async (_, db) =>
            {
                await db.RaiseFenceAsync("A drill.", held: false, raising: null, TestContext.Current.CancellationToken);
                return (await db.ReadFenceAsync(TestContext.Current.CancellationToken)).Raising;
            }
        );

    private async Task<string> TryAsync()
    {
        try
        {
            return (await host.FirstWorker.Services.GetRequiredService<FenceLift>().TryAsync(TestContext.Current.CancellationToken)).State;
        }
        catch (HistoryUnresolvedException unresolved)
        {
            return unresolved.Message;
        }
    }

    private async Task ShouldPayAfterwardsAsync()
    {
        await host.PassFenceAsync();
        await ShouldPayAsync(await host.CreatePoolAsync(2 * Sol));
    }

    private async Task ShouldPayAsync(TrainingPool pool)
    {
        var recipient = TestKeys.FreshAddress();
        var payment = await host.PayAsync(pool, recipient, Sol);
        await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);
        (await host.Rpc.Primary.GetBalanceAsync(PublicKey.Parse(recipient))).Value.ShouldBe(Sol);
    }
}
