using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Clones.Api.Tests.Hosting;
using Clones.Domain.Ledger;
using Clones.Domain.Transactions;
using Clones.Solana.Primitives;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Tests;

public sealed class PaymentTests(ApiFixture api)
{
    [Fact]
    public async Task Row_1_a_hundred_identical_posts_at_once_make_one_payment()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        var body = Body(poolId, "12.5");

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => PayAsync(owner.Http, body, "order-1")));

        answers.ShouldAllBe(a => a.Status == 202);
        answers.Select(a => a.Id).Distinct().Count().ShouldBe(1);
        await using var db = api.OpenDatabase();
        (await db.Payments.CountAsync(p => p.TrainingPoolId == poolId)).ShouldBe(1);
        (await db.Transactions.CountAsync(t => db.DepositWallets.Any(w => w.TrainingPoolId == poolId && w.Id == t.WalletId))).ShouldBe(1);
    }

    [Fact]
    public async Task Row_1_a_caller_that_never_heard_the_answer_asks_again_and_gets_the_same_payment()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        var body = Body(poolId, "3");
        using var lost = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/payments") { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", "never heard");

        // The connection is cut as soon as the commit is seen, whether or not an answer is on its way.
        var asking = owner.Http.SendAsync(request, lost.Token);
        Guid? stored = null;
        while (stored is null)
        {
            await using var db = api.OpenDatabase();
            stored = await db.Payments.Where(p => p.TrainingPoolId == poolId).Select(p => (Guid?)p.Id).FirstOrDefaultAsync();
        }
        await lost.CancelAsync();
        try
        {
            await asking;
        }
        catch (OperationCanceledException)
        {
            // The usual case; the answer may have been faster.
        }

        var again = await PayAsync(owner.Http, body, "never heard");

        (again.Status, again.Id).ShouldBe((202, stored.Value));
        await using var after = api.OpenDatabase();
        (await after.Payments.CountAsync(p => p.TrainingPoolId == poolId)).ShouldBe(1);
    }

    [Fact]
    public async Task A_payment_is_stored_in_base_units_and_shown_in_whole_ones()
    {
        using var owner = await Owner.SignInAsync(api);
        using var service = api.KeyClient(ApiFixture.ServiceKey);
        var token = await api.ListTokenAsync();
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, token);

        var answer = await PayAsync(service, Body(poolId, "12.500000", "order 7"), Guid.NewGuid().ToString());

        answer.Status.ShouldBe(202);
        answer.Response.Headers.Location!.ToString().ShouldBe($"/v1/payments/{answer.Id}");
        answer.Text("amount").ShouldBe("12.5");
        answer.Text("amountBaseUnits").ShouldBe("12500000");
        answer.Text("kind").ShouldBe("REWARD");
        answer.Text("status").ShouldBe("ACCEPTED");
        (await owner.Http.GetJsonAsync($"/v1/payments/{answer.Id}")).Text("reference").ShouldBe("order 7");
        var found = await service.GetJsonAsync($"/v1/payments?trainingPoolId={poolId}&reference=order%207&status=ACCEPTED");
        found.Body["items"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_rejected()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        var body = Body(poolId, "1");
        (await PayAsync(owner.Http, body, "k")).Status.ShouldBe(202);

        var other = await PayAsync(owner.Http, Body(poolId, "2"), "k");

        other.Status.ShouldBe(422);
        other.Code.ShouldBe("idempotency_key_reused");
        (await PayAsync(owner.Http, body, "k")).Status.ShouldBe(202);
    }

    [Fact]
    public async Task One_key_out_of_two_pools_at_once_is_one_payment_and_the_other_is_rejected()
    {
        using var owner = await Owner.SignInAsync(api);
        var token = await api.ListTokenAsync();
        var (first, _) = await api.CreateFundedPoolAsync(owner, token);
        var (second, _) = await api.CreateFundedPoolAsync(owner, token);

        foreach (var key in Enumerable.Range(0, 10).Select(i => $"race {i}"))
        {
            var answers = await Task.WhenAll(
                PayAsync(owner.Http, Body(first, "1"), key),
                PayAsync(owner.Http, Body(second, "1"), key),
                PayAsync(owner.Http, Body(first, "2"), key)
            );
            answers.Select(a => a.Status).Order().ShouldBe([202, 422, 422]);
            answers.Where(a => a.Status == 422).ShouldAllBe(a => a.Code == "idempotency_key_reused");
        }
        await using var db = api.OpenDatabase();
        (await db.Payments.CountAsync(p => p.TrainingPoolId == first || p.TrainingPoolId == second)).ShouldBe(10);
    }

    [Fact]
    public async Task A_replay_needs_neither_the_chain_nor_todays_balance()
    {
        using var owner = await Owner.SignInAsync(api);
        var token = await api.ListTokenAsync();
        var (poolId, wallet) = await api.CreateFundedPoolAsync(owner, token);
        var body = Body(poolId, "1000");
        var first = await PayAsync(owner.Http, body, "k");
        api.Chain.SetTokens(wallet, PublicKey.Parse(token.Mint!), 0);

        (await PayAsync(owner.Http, body, "k")).Body.ToJsonString().ShouldBe(first.Body.ToJsonString());
    }

    [Fact]
    public async Task Row_22_two_payments_with_funds_for_one_are_not_both_accepted()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync(), tokens: 10_000_000);

        var answers = await Task.WhenAll(PayAsync(owner.Http, Body(poolId, "6"), "a"), PayAsync(owner.Http, Body(poolId, "6"), "b"));

        answers.Select(a => a.Status).Order().ShouldBe([202, 422]);
        answers.Single(a => a.Status == 422).Code.ShouldBe("insufficient_funds");
    }

    [Fact]
    public async Task Tokens_without_lamports_for_the_fee_are_named_as_missing_gas()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync(), lamports: 1_000_000);

        (await PayAsync(owner.Http, Body(poolId, "1"), "k")).Code.ShouldBe("insufficient_gas");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.0000001")]
    [InlineData("18446744073709.551616")]
    [InlineData("1e3")]
    [InlineData("1,5")]
    [InlineData("٣")]
    [InlineData(" 1")]
    [InlineData("+1")]
    [InlineData("01")]
    [InlineData(".5")]
    [InlineData("1.")]
    [InlineData("NaN")]
    [InlineData("")]
    public async Task An_amount_that_is_none_is_rejected(string amount)
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());

        var answer = await PayAsync(owner.Http, Body(poolId, amount), "k");

        answer.Status.ShouldBe(400);
        answer.Errors("amount").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Whoever_is_no_wallet_is_not_paid()
    {
        using var owner = await Owner.SignInAsync(api);
        var token = await api.ListTokenAsync();
        var (poolId, wallet) = await api.CreateFundedPoolAsync(owner, token);
        string[] rejected =
        [
            "11111111111111111111111111111111",
            "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA",
            "GpMZbSM2GgvTKHJirzeGfMFoaZ8UR2X7F4v8vHTvxFbL",
            wallet.ToString(),
            token.Mint!,
        ];

        foreach (var recipient in rejected)
        {
            var answer = await PayAsync(owner.Http, Body(poolId, "1", recipient: recipient), Guid.NewGuid().ToString());
            answer.Status.ShouldBe(422, recipient);
            answer.Code.ShouldBe("recipient_not_valid");
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a\tb")]
    public async Task Without_an_idempotency_key_no_money_moves(string? key)
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        var headers = key is null ? Array.Empty<(string, string)>() : [("Idempotency-Key", key)];

        var answer = await owner.Http.SendJsonAsync(HttpMethod.Post, "/v1/payments", Body(poolId, "1"), headers);

        answer.Status.ShouldBe(400);
        if (answer.Body["errors"] is not null)
        {
            answer.Errors("Idempotency-Key").ShouldHaveSingleItem();
        }
    }

    [Fact]
    public async Task An_owner_withdraws_SOL_and_the_pools_token_and_no_other()
    {
        using var owner = await Owner.SignInAsync(api);
        var token = await api.ListTokenAsync();
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, token);
        using var recipient = Account.Generate();
        api.Chain.SetLamports(recipient.PublicKey, 1_000_000_000);

        async Task<Answer> WithdrawAsync(string symbol) =>
            await owner.Http.SendJsonAsync(
                HttpMethod.Post,
                $"/v1/pools/{poolId}/withdrawals",
                new
                {
                    recipient = recipient.PublicKey.ToString(),
                    amount = "0.25",
                    tokenSymbol = symbol,
                },
                ("Idempotency-Key", symbol)
            );

        (await WithdrawAsync("SOL")).Text("amountBaseUnits").ShouldBe("250000000");
        var tokens = await WithdrawAsync(token.Symbol);
        tokens.Text("amountBaseUnits").ShouldBe("250000");
        tokens.Text("kind").ShouldBe("WITHDRAWAL");
        (await WithdrawAsync("OTHER")).Errors("tokenSymbol").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_chain_that_does_not_answer_is_a_503_and_nothing_is_stored()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, wallet) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        api.Chain.Hide(wallet);

        var answer = await PayAsync(owner.Http, Body(poolId, "1"), "k");

        answer.Status.ShouldBe(503);
        answer.Code.ShouldBe("chain_unavailable");
        answer.Response.Headers.RetryAfter.ShouldNotBeNull();
        await using var db = api.OpenDatabase();
        (await db.Payments.AnyAsync(p => p.TrainingPoolId == poolId)).ShouldBeFalse();
    }

    [Fact]
    public async Task Funds_are_not_called_missing_by_a_balance_that_is_older_than_the_ledger()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, wallet) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        await using var db = api.OpenDatabase();
        var read = new WalletScan
        {
            WalletId = await db.DepositWallets.Where(w => w.TrainingPoolId == poolId).Select(w => w.Id).SingleAsync(),
            Address = wallet.ToString(),
            Slot = 1,
            ReadAt = DateTimeOffset.UnixEpoch,
        };
        db.WalletScans.Add(read);
        await db.SaveChangesAsync();
        (await PayAsync(owner.Http, Body(poolId, "999999999"), "missing")).Code.ShouldBe("insufficient_funds");

        read.Slot = long.MaxValue;
        await db.SaveChangesAsync();
        var lagging = await PayAsync(owner.Http, Body(poolId, "999999999"), "lagging");

        (lagging.Status, lagging.Code).ShouldBe((503, "chain_unavailable"));
        (await PayAsync(owner.Http, Body(poolId, "1"), "enough")).Status.ShouldBe(202);
    }

    [Fact]
    public async Task Attempts_are_shown_without_their_bytes_and_operators_alone_are_told_what_each_node_said()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        var payment = await PayAsync(owner.Http, Body(poolId, "1"), "k");
        await using (var db = api.OpenDatabase())
        {
            db.TransactionAttempts.Add(
                new TransactionAttempt
                {
                    TransactionId = Guid.Parse(payment.Text("transactionId")),
                    Number = 1,
                    Status = AttemptStatus.Expired,
                    MessageBytes = [1, 2, 3],
                    WireBytes = [4, 5, 6],
                    Blockhash = "hash",
                    LastValidBlockHeight = 1_150,
                    ContextSlot = 1_000,
                    GenesisHash = "genesis",
                    FeeLamportsMax = 5_000,
                    Evidence = """
                    {"decision":"EXPIRED","margin":32,"nodes":[
                      {"endpoint":"https://one.example","finalizedBlockHeight":1300,"blockhashValid":false,"historyReachesAttempt":true},
                      {"endpoint":"https://two.example","finalizedBlockHeight":1301,"blockhashValid":false,"historyReachesAttempt":true}]}
                    """,
                    CreatedAt = DateTimeOffset.UnixEpoch,
                }
            );
            await db.SaveChangesAsync();
        }

        using var operators = api.KeyClient(ApiFixture.OperatorKey);
        var attempt = await AttemptAsync(operators);
        var ofOwner = await AttemptAsync(owner.Http);

        foreach (var shown in new[] { attempt, ofOwner })
        {
            shown["status"]!.GetValue<string>().ShouldBe("EXPIRED");
            shown["evidence"]!["decision"]!.GetValue<string>().ShouldBe("EXPIRED");
            shown.AsObject().Select(f => f.Key).ShouldNotContain(name => name.Contains("bytes", StringComparison.OrdinalIgnoreCase));
        }
        var nodes = attempt["evidence"]!["nodes"]!.AsArray();
        nodes.Select(n => n!["endpoint"]!.GetValue<string>()).ShouldBe(["https://one.example", "https://two.example"]);
        nodes[1]!["finalizedBlockHeight"]!.GetValue<int>().ShouldBe(1_301);
        ofOwner.ToJsonString().ShouldNotContain("example");

        async Task<JsonNode> AttemptAsync(HttpClient caller) =>
            (await caller.GetJsonAsync($"/v1/payments/{payment.Id}/attempts")).Body["items"]!.AsArray().ShouldHaveSingleItem()!;
    }

    [Fact]
    public async Task A_list_is_walked_by_cursors_that_cannot_be_altered_or_moved_to_another_list()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        var made = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            made.Add((await PayAsync(owner.Http, Body(poolId, "1"), $"{i}")).Id);
        }

        var seen = new List<Guid>();
        string? cursor = null,
            first = null;
        do
        {
            var page = await owner.Http.GetJsonAsync($"/v1/payments?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            page.Status.ShouldBe(200);
            seen.AddRange(page.Body["items"]!.AsArray().Select(p => Guid.Parse(p!["id"]!.GetValue<string>())));
            cursor = page.Body["nextCursor"]?.GetValue<string>();
            first ??= cursor;
        } while (cursor is not null);

        seen.ShouldBe(Enumerable.Reverse(made));
        var altered = (first![0] == 'A' ? 'B' : 'A') + first[1..];
        (await owner.Http.GetJsonAsync($"/v1/payments?cursor={altered}")).Status.ShouldBe(400);
        (await owner.Http.GetJsonAsync($"/v1/pools?cursor={first}")).Status.ShouldBe(400);
        (await owner.Http.GetJsonAsync($"/v1/payments?status=ACCEPTED&cursor={first}")).Status.ShouldBe(400);
    }

    internal static object Body(
        Guid poolId,
        string amount,
        string? reference = null,
        string? recipient = null,
        string? onInsufficientFunds = null
    )
    {
        using var wallet = Account.Generate();
        return new
        {
            trainingPoolId = poolId,
            recipient = recipient ?? wallet.PublicKey.ToString(),
            amount,
            reference,
            onInsufficientFunds,
        };
    }

    internal static Task<Answer> PayAsync(HttpClient http, object body, string key) =>
        http.SendJsonAsync(HttpMethod.Post, "/v1/payments", body, ("Idempotency-Key", key));
}
