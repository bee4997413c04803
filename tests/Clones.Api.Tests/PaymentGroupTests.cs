using Clones.Acceptance;
using Clones.Api.Tests.Hosting;
using Clones.Domain.Faults;
using Clones.Domain.Ledger;
using Clones.Domain.Payments;
using Clones.Domain.Tokens;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using Clones.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Api.Tests;

/// <summary>Payments of several training pools that are accepted at the same time.</summary>
public sealed class PaymentGroupTests(ApiFixture api)
{
    private const int Lanes = 3;

    [Fact]
    public async Task Payments_of_several_training_pools_that_come_together_are_one_commit()
    {
        var token = await api.ListTokenAsync();
        var pools = await PoolsAsync(token, 2 * Lanes);
        var asked = pools.Select(pool => Request(pool, token)).ToList();

        var results = await Task.WhenAll(await AskTogetherAsync(token, asked));

        results.ShouldAllBe(r => r is PaymentAcceptanceResult.Accepted);
        // As many commits as lanes: in each the payments of two pools.
        (await CommitsAsync(pools))
            .GroupBy(commit => commit)
            .Select(g => g.Count())
            .ShouldBe([2, 2, 2]);
    }

    [Fact]
    public async Task A_pool_whose_balance_must_be_read_again_and_one_that_cannot_be_read_hold_up_no_other()
    {
        var token = await api.ListTokenAsync();
        var pools = await PoolsAsync(token, 4 * Lanes);
        var (lagging, broken) = (pools[0], pools[Lanes]);
        await using (var db = api.OpenDatabase())
        {
            var wallet = await db.DepositWallets.SingleAsync(w => w.TrainingPoolId == lagging);
            db.WalletScans.Add(
                new WalletScan
                {
                    WalletId = wallet.Id,
                    Address = wallet.Address,
                    Slot = long.MaxValue,
                    ReadAt = DateTimeOffset.UnixEpoch,
                }
            );
            await db.SaveChangesAsync();
            await db.Database.ExecuteSqlAsync($"UPDATE deposit_wallets SET address = 'none' WHERE training_pool_id = {broken}");
        }
        var asked = pools.Select(pool => Request(pool, token, pool == lagging ? ulong.MaxValue : 1)).ToList();

        var answers = await Task.WhenAll((await AskTogetherAsync(token, asked)).Select(AnswerAsync));

        answers[0].ShouldBe(nameof(PaymentAcceptanceResult.BalanceTooOld));
        answers[Lanes].ShouldBe(nameof(FormatException));
        answers.Where((_, i) => i is not (0 or Lanes)).ShouldAllBe(a => a == nameof(PaymentAcceptanceResult.Accepted));
    }

    [Fact]
    public async Task A_wallet_that_somebody_holds_locked_holds_up_its_own_payments_only()
    {
        var token = await api.ListTokenAsync();
        var pools = await PoolsAsync(token, 8);
        using var service = Service(new NoCrashPoints());
        await using var other = api.OpenDatabase();
        await using var transaction = await other.Database.BeginTransactionAsync();
        await other.Database.ExecuteSqlAsync($"SELECT id FROM deposit_wallets WHERE training_pool_id = {pools[0]} FOR UPDATE");

        var held = service.AcceptAsync(Request(pools[0], token), CancellationToken.None);
        var rest = pools.Skip(1).Select(pool => service.AcceptAsync(Request(pool, token), CancellationToken.None)).ToList();
        var accepted = await Task.WhenAll(rest).OrGiveUpAsync("the payments of the others", TestContext.Current.CancellationToken);
        var later = service.AcceptAsync(Request(pools[0], token), CancellationToken.None);
        var again = await service
            .AcceptAsync(Request(pools[1], token), CancellationToken.None)
            .OrGiveUpAsync("another payment of another", TestContext.Current.CancellationToken);

        accepted.ShouldAllBe(r => r is PaymentAcceptanceResult.Accepted);
        again.ShouldBeOfType<PaymentAcceptanceResult.Accepted>();
        (held.IsCompleted, later.IsCompleted).ShouldBe((false, false));
        await transaction.RollbackAsync();
        (await held).ShouldBeOfType<PaymentAcceptanceResult.Accepted>();
        (await later).ShouldBeOfType<PaymentAcceptanceResult.Accepted>();
    }

    private PaymentService Service(ICrashPoints crashes) =>
        new(
            api.Services.GetRequiredService<IServiceScopeFactory>(),
            api.Services.GetRequiredService<WalletBalances>(),
            crashes,
            TimeProvider.System
        );

    /// <summary>Each lane is held by the commit of another payment, until all of these have come: the n-th goes into lane n.</summary>
    private async Task<IReadOnlyList<Task<PaymentAcceptanceResult>>> AskTogetherAsync(Token token, IReadOnlyList<PaymentRequest> requests)
    {
        var held = new HeldCommits(Lanes);
        var service = Service(held);
        var first = (await PoolsAsync(token, Lanes))
            .Select(pool => service.AcceptAsync(Request(pool, token), CancellationToken.None))
            .ToList();
        await held.AllAreThere.OrGiveUpAsync("a commit in every lane", TestContext.Current.CancellationToken);
        var asked = requests.Select(request => service.AcceptAsync(request, CancellationToken.None)).ToList();
        held.Release();
        await Task.WhenAll(first);
        return asked;
    }

    private static async Task<string> AnswerAsync(Task<PaymentAcceptanceResult> asked)
    {
        try
        {
            return (await asked).GetType().Name;
        }
        catch (FormatException)
        {
            return nameof(FormatException);
        }
    }

    private static PaymentRequest Request(Guid pool, Token token, ulong amount = 1) =>
        new()
        {
            Kind = PaymentKind.Reward,
            TrainingPoolId = pool,
            Recipient = NewAddress(),
            Mint = PublicKey.Parse(token.Mint!),
            Amount = amount,
            Caller = "api-key:of the test",
            IdempotencyKey = $"{Guid.NewGuid()}",
        };

    private static PublicKey NewAddress()
    {
        using var account = Account.Generate();
        return account.PublicKey;
    }

    private async Task<Guid[]> PoolsAsync(Token token, int count)
    {
        using var owner = await Owner.SignInAsync(api);
        var pools = new Guid[count];
        for (var i = 0; i < count; i++)
        {
            (pools[i], _) = await api.CreateFundedPoolAsync(owner, token);
        }
        return pools;
    }

    private async Task<IReadOnlyList<string>> CommitsAsync(Guid[] pools)
    {
        await using var db = api.OpenDatabase();
        return await db
            .Database.SqlQuery<string>($"SELECT xmin::text AS \"Value\" FROM payments WHERE training_pool_id = ANY({pools})")
            .ToListAsync();
    }

    /// <summary>The first commits stay where they are until they are released.</summary>
    private sealed class HeldCommits(int count) : ICrashPoints
    {
        private readonly TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int reached;

        public Task AllAreThere => all.Task;

        public void Release() => released.SetResult();

        public async ValueTask ReachAsync(CrashPoint point, CancellationToken cancellationToken)
        {
            if (point == CrashPoint.PaymentAccepted && Interlocked.Increment(ref reached) is var number && number <= count)
            {
                if (number == count)
                {
                    all.SetResult();
                }
                await released.Task;
            }
        }
    }
}
