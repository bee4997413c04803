using System.Text.Json.Nodes;
using Clones.Api.Tests.Hosting;
using Clones.Domain.Ledger;
using Clones.Domain.Payments;
using Clones.Solana.Primitives;
using Clones.Testing;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Tests;

public sealed class PaymentBatchTests(ApiFixture api)
{
    [Fact]
    public async Task Each_payment_of_a_batch_has_a_result_of_its_own()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync(), tokens: 10_000_000);
        var batch = Batch(
            Item(poolId, "6", "a"),
            Item(poolId, "1.0000001", "b"),
            Item(Guid.NewGuid(), "1", "c"),
            Item(poolId, "5", "d"),
            Item(poolId, "3", "e", "=cmd"),
            Item(poolId, "9", "f", wait: "wait")
        );

        var answer = await SendAsync(owner, batch);

        answer.Status.ShouldBe(200, answer.Body.ToJsonString());
        (answer.Body["accepted"]!.GetValue<int>(), answer.Body["refused"]!.GetValue<int>()).ShouldBe((3, 3));
        Statuses(answer).ShouldBe([202, 400, 404, 422, 202, 202]);
        var items = answer.Body["items"]!.AsArray();
        items[1]!["problem"]!["errors"]!["amount"].ShouldNotBeNull();
        items[3]!["problem"]!["code"]!.GetValue<string>().ShouldBe("insufficient_funds");
        items[4]!["payment"]!["amountBaseUnits"]!.GetValue<string>().ShouldBe("3000000");
        items[5]!["payment"]!["status"]!.GetValue<string>().ShouldBe("WAITING_FOR_FUNDS");
        items.Select(i => i!["idempotencyKey"]!.GetValue<string>()).ShouldBe(["a", "b", "c", "d", "e", "f"]);
    }

    [Fact]
    public async Task A_batch_sent_again_whole_in_part_or_one_by_one_pays_nothing_twice()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, wallet) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        var batch = Batch([.. Enumerable.Range(0, 30).Select(i => Item(poolId, "1", $"r-{i}"))]);

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => SendAsync(owner, batch)));

        answers.ShouldAllBe(a => a.Status == 200 && a.Body["accepted"]!.GetValue<int>() == 30);
        api.Chain.Hide(wallet);
        var silent = await SendAsync(owner, Batch(Item(poolId, "1", "r-3"), Item(poolId, "1", "new")));
        Statuses(silent).ShouldBe([202, 503]);
        Ids(silent)[0].ShouldBe(Ids(answers[0])[3]);
        (await PaymentTests.PayAsync(owner.Http, PaymentTests.Body(poolId, "1", recipient: RecipientOf("r-7")), "r-7")).Id.ShouldBe(
            Ids(answers[0])[7]!.Value
        );
        (await CountAsync(poolId)).ShouldBe(30);
    }

    [Fact]
    public async Task Of_one_wallet_no_payment_goes_in_front_of_another_while_the_balance_is_read_again()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, wallet) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync(), tokens: 50_000_000);
        await using var db = api.OpenDatabase();
        db.WalletScans.Add(
            new WalletScan
            {
                WalletId = await db.DepositWallets.Where(w => w.TrainingPoolId == poolId).Select(w => w.Id).SingleAsync(),
                Address = wallet.ToString(),
                Slot = long.MaxValue,
                ReadAt = DateTimeOffset.UnixEpoch,
            }
        );
        await db.SaveChangesAsync();

        var answer = await SendAsync(owner, Batch(Item(poolId, "1000", "large", wait: "wait"), Item(poolId, "10", "small", wait: "wait")));

        answer.Body["items"]!
            .AsArray()
            .Select(i => i!["payment"]!["status"]!.GetValue<string>())
            .ShouldBe(["WAITING_FOR_FUNDS", "WAITING_FOR_FUNDS"]);
    }

    [Fact]
    public async Task A_batch_of_500_out_of_one_pool_is_one_commit_in_its_order()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync(), lamports: 2_000_000_000);

        var answer = await SendAsync(owner, Batch([.. Enumerable.Range(0, 500).Select(i => Item(poolId, "1", $"of 500: {i}"))]));

        answer.Body["accepted"]!.GetValue<int>().ShouldBe(500);
        await using var db = api.OpenDatabase();
        var commits = await db
            .Database.SqlQuery<string>($"SELECT xmin::text AS \"Value\" FROM payments WHERE training_pool_id = {poolId}")
            .ToListAsync();
        (commits.Count, commits.Distinct().Count()).ShouldBe((500, 1));
        var stored = await db.Payments.Where(p => p.TrainingPoolId == poolId).OrderBy(p => p.CreatedAt).ToListAsync();
        stored.Select(p => p.IdempotencyKey).ShouldBe(Enumerable.Range(0, 500).Select(i => $"of 500: {i}"));
    }

    [Fact]
    public async Task All_or_nothing_accepts_all_in_one_commit()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        var batch = Batch(true, [.. Enumerable.Range(0, 20).Select(i => Item(poolId, "2", $"k{i}"))]);

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => SendAsync(owner, batch)));

        answers.ShouldAllBe(a => a.Status == 200 && a.Body["accepted"]!.GetValue<int>() == 20);
        answers.Select(a => string.Join(' ', Ids(a))).Distinct().Count().ShouldBe(1);
        await using var db = api.OpenDatabase();
        var stored = await db.Payments.Where(p => p.TrainingPoolId == poolId).ToListAsync();
        stored.Count.ShouldBe(20);
        stored.ShouldAllBe(p => p.Status == PaymentStatus.Accepted && p.TransactionId != null);
    }

    [Fact]
    public async Task All_or_nothing_with_funds_for_all_but_one_accepts_none_and_keeps_nothing_reserved()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync(), tokens: 10_000_000);

        var answer = await SendAsync(owner, Batch(true, Item(poolId, "4", "a"), Item(poolId, "4", "b"), Item(poolId, "4", "c")));

        (answer.Status, answer.Code).ShouldBe((422, "batch_refused"));
        var rejected = answer.Body["items"]!.AsArray().ShouldHaveSingleItem()!;
        rejected["problem"]!["code"]!.GetValue<string>().ShouldBe("insufficient_funds");
        (await CountAsync(poolId)).ShouldBe(0);
        Statuses(await SendAsync(owner, Batch(true, Item(poolId, "10", "a")))).ShouldBe([202]);
    }

    [Fact]
    public async Task All_or_nothing_with_one_that_cannot_be_read_or_asked_of_the_chain_accepts_none()
    {
        using var owner = await Owner.SignInAsync(api);
        var token = await api.ListTokenAsync();
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, token);
        var (silentId, silent) = await api.CreateFundedPoolAsync(owner, token);
        api.Chain.Hide(silent);

        var unreadable = await SendAsync(owner, Batch(true, Item(poolId, "1", "a"), Item(poolId, "-1", "b")));
        var unanswered = await SendAsync(owner, Batch(true, Item(poolId, "1", "a"), Item(silentId, "1", "b")));

        (unreadable.Status, unreadable.Body["items"]![0]!["index"]!.GetValue<int>()).ShouldBe((422, 1));
        (unanswered.Status, unanswered.Body["items"]![0]!["status"]!.GetValue<int>()).ShouldBe((422, 503));
        (await CountAsync(poolId)).ShouldBe(0);
    }

    [Fact]
    public async Task Two_batches_over_the_same_pools_in_opposite_order_do_not_block_each_other()
    {
        using var owner = await Owner.SignInAsync(api);
        var token = await api.ListTokenAsync();
        var (first, _) = await api.CreateFundedPoolAsync(owner, token);
        var (second, _) = await api.CreateFundedPoolAsync(owner, token);

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 12)
                .Select(n => n % 2 == 0 ? (first, second) : (second, first))
                .Select((p, n) => SendAsync(owner, Batch(true, Item(p.Item1, "1", $"{n}-a"), Item(p.Item2, "1", $"{n}-b"))))
        );

        answers.ShouldAllBe(a => a.Status == 200);
    }

    [Fact]
    public async Task All_or_nothing_holds_no_wallet_while_it_waits_for_a_key_that_another_request_is_using()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        await using var single = api.OpenDatabase();
        await using var transaction = await single.Database.BeginTransactionAsync();
        // One of the batch sent by itself, as a client does that got no answer: it has its key, and comes for the wallet next.
        var known = RequestOf(owner, poolId, "b");
        await single.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended({NameOf(known)}, 7411))");

        var batch = SendAsync(owner, Batch(true, Item(poolId, "1", "a"), Item(poolId, "1", "b")));
        await UntilItIsWaitedForAsync(known).OrGiveUpAsync("the batch to come for the key", TestContext.Current.CancellationToken);
        await single.Database.ExecuteSqlAsync($"SELECT id FROM deposit_wallets WHERE training_pool_id = {poolId} FOR UPDATE NOWAIT");
        await transaction.RollbackAsync();

        (await batch).Status.ShouldBe(200);
    }

    private static PaymentRequest RequestOf(Owner owner, Guid poolId, string key) =>
        new()
        {
            Kind = PaymentKind.Reward,
            TrainingPoolId = poolId,
            Recipient = PublicKey.Parse(RecipientOf(key)),
            Amount = 1,
            Caller = $"wallet:{owner.Address}",
            IdempotencyKey = key,
        };

    private static string NameOf(PaymentRequest request) => $"{request.Caller}\n{request.IdempotencyKey}";

    private async Task UntilItIsWaitedForAsync(PaymentRequest request)
    {
        await using var db = api.OpenDatabase();
        var name = NameOf(request);
        while (
            !await db
                .Database.SqlQuery<bool>(
                    $"""
                    SELECT EXISTS (
                        SELECT 1 FROM pg_locks
                        WHERE locktype = 'advisory' AND NOT granted
                            AND ((classid::bigint << 32) | objid::bigint) = hashtextextended({name}, 7411)) AS "Value"
                    """
                )
                .SingleAsync()
        )
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task What_is_no_batch_is_rejected_by_name_and_stores_nothing()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        var many = Enumerable.Range(0, 501).Select(i => Item(poolId, "1", $"{i}")).ToArray();

        (await SendAsync(owner, Batch())).Errors("payments").ShouldNotBeEmpty();
        (await SendAsync(owner, Batch(many))).Errors("payments").ShouldNotBeEmpty();
        (await SendAsync(owner, new { payments = new object?[] { null } })).Errors("payments[0]").ShouldNotBeEmpty();
        (await SendAsync(owner, Batch(Item(poolId, "1", "")))).Errors("payments[0].idempotencyKey").ShouldNotBeEmpty();
        (await SendAsync(owner, Batch(Item(poolId, "1", "a"), Item(poolId, "2", "a"))))
            .Errors("payments[1].idempotencyKey")
            .ShouldNotBeEmpty();
        (await SendAsync(owner, new { })).Status.ShouldBe(400);
        (await CountAsync(poolId)).ShouldBe(0);
        var rejected = await SendAsync(owner, Batch([.. Enumerable.Range(0, 500).Select(i => Item(poolId, "-1", $"{i}"))]));
        rejected.Body["refused"]!.GetValue<int>().ShouldBe(500);
    }

    private Task<int> CountAsync(Guid poolId) => UseAsync(db => db.Payments.CountAsync(p => p.TrainingPoolId == poolId));

    private async Task<T> UseAsync<T>(Func<Persistence.ClonesDbContext, Task<T>> ask)
    {
        await using var db = api.OpenDatabase();
        return await ask(db);
    }

    private static Task<Answer> SendAsync(Owner owner, object batch) =>
        owner.Http.SendJsonAsync(HttpMethod.Post, "/v1/payments/batch", batch);

    private static object Batch(params object[] payments) => Batch(false, payments);

    private static object Batch(bool allOrNothing, params object[] payments) => new { payments, allOrNothing };

    private static object Item(Guid poolId, string amount, string key, string? reference = null, string? wait = null) =>
        new
        {
            idempotencyKey = key,
            trainingPoolId = poolId,
            recipient = RecipientOf(key),
            amount,
            reference,
            onInsufficientFunds = wait,
        };

    /// <summary>The same for the same key: another recipient would be another request.</summary>
    private static string RecipientOf(string key)
    {
        using var recipient = Account.FromSeed(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(key)));
        return recipient.PublicKey.ToString();
    }

    private static IEnumerable<int> Statuses(Answer answer) =>
        (answer.Body["items"]?.AsArray() ?? throw new InvalidOperationException(answer.Body.ToJsonString())).Select(i =>
            i!["status"]!.GetValue<int>()
        );

    private static Guid?[] Ids(Answer answer) =>
        [
            .. answer.Body["items"]!
                .AsArray()
                .Select(i => i!["payment"] is JsonObject payment ? payment["id"]!.GetValue<Guid>() : (Guid?)null),
        ];
}
