using Clones.Api.Tests.Hosting;
using Clones.Solana.Primitives;
using Microsoft.EntityFrameworkCore;
using static Clones.Api.Tests.PaymentTests;

namespace Clones.Api.Tests;

/// <summary>What a caller says about missing funds, and what comes of it. Resuming is the workers' part, and tested there.</summary>
public sealed class WaitingPaymentTests(ApiFixture api)
{
    [Fact]
    public async Task A_payment_that_may_wait_is_stored_and_says_which_funds_it_waits_for()
    {
        using var owner = await Owner.SignInAsync(api);
        var token = await api.ListTokenAsync();
        var (poor, _) = await api.CreateFundedPoolAsync(owner, token, tokens: 1_000_000);
        var (dry, _) = await api.CreateFundedPoolAsync(owner, token, lamports: 1_000_000);

        var tokens = await PayAsync(owner.Http, Body(poor, "2", onInsufficientFunds: "wait"), "tokens");
        var gas = await PayAsync(owner.Http, Body(dry, "1", onInsufficientFunds: "wait"), "gas");

        (tokens.Status, tokens.Text("status"), tokens.Body["transactionId"]).ShouldBe((202, "WAITING_FOR_FUNDS", null));
        tokens.Text("reason").ShouldBe($"insufficient_funds: 2000000 base units of {token.Mint} are needed, 1000000 are available.");
        gas.Text("status").ShouldBe("WAITING_FOR_FUNDS");
        gas.Text("reason").ShouldStartWith("insufficient_gas: ");
        await using var db = api.OpenDatabase();
        (
            await db.WalletReservations.AnyAsync(r => db.DepositWallets.Any(w => w.Id == r.WalletId && w.TrainingPoolId == poor))
        ).ShouldBeFalse();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("reject")]
    public async Task A_payment_that_may_not_wait_is_rejected_and_its_key_stays_free(string? choice)
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync(), tokens: 1_000_000);
        var body = Body(poolId, "2", recipient: Recipient(), onInsufficientFunds: choice);

        (await PayAsync(owner.Http, body, "k")).Code.ShouldBe("insufficient_funds");

        (await PayAsync(owner.Http, Body(poolId, "2", onInsufficientFunds: "wait"), "k")).Text("status").ShouldBe("WAITING_FOR_FUNDS");
    }

    [Fact]
    public async Task Whoever_asks_again_with_another_choice_gets_the_payment_that_is_there()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync(), tokens: 1_000_000);
        var recipient = Recipient();
        var first = await PayAsync(owner.Http, Body(poolId, "2", recipient: recipient, onInsufficientFunds: "wait"), "k");

        var again = await PayAsync(owner.Http, Body(poolId, "2", recipient: recipient, onInsufficientFunds: "reject"), "k");

        (again.Status, again.Id, again.Text("status")).ShouldBe((202, first.Id, "WAITING_FOR_FUNDS"));
    }

    [Theory]
    [InlineData("WAIT")]
    [InlineData("")]
    [InlineData("maybe")]
    public async Task A_choice_that_is_none_is_rejected(string choice)
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());

        var answer = await PayAsync(owner.Http, Body(poolId, "1", onInsufficientFunds: choice), "k");

        answer.Status.ShouldBe(400);
        answer.Errors("onInsufficientFunds").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_chain_that_does_not_answer_is_waited_for_by_those_who_may_wait_and_is_never_a_balance_of_zero()
    {
        using var owner = await Owner.SignInAsync(api);
        var token = await api.ListTokenAsync();
        var (poolId, wallet) = await api.CreateFundedPoolAsync(owner, token);
        api.Chain.Hide(wallet);

        var waits = await PayAsync(owner.Http, Body(poolId, "1", onInsufficientFunds: "wait"), "waits");
        var rejected = await PayAsync(owner.Http, Body(poolId, "1", recipient: token.Mint, onInsufficientFunds: "wait"), "rejected");
        var rejects = await PayAsync(owner.Http, Body(poolId, "1"), "rejects");

        (waits.Status, waits.Text("status")).ShouldBe((202, "WAITING_FOR_FUNDS"));
        waits.Text("reason").ShouldStartWith("chain_unavailable: ");
        rejected.Code.ShouldBe("recipient_not_valid");
        (rejects.Status, rejects.Code).ShouldBe((503, "chain_unavailable"));
    }

    [Fact]
    public async Task A_node_that_does_not_know_the_mint_is_not_believed_about_the_balance()
    {
        using var owner = await Owner.SignInAsync(api);
        var token = await api.ListTokenAsync();
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, token);
        api.Chain.Forget(PublicKey.Parse(token.Mint!));

        (await PayAsync(owner.Http, Body(poolId, "1"), "k")).Code.ShouldBe("chain_unavailable");
    }

    [Fact]
    public async Task Row_22_of_a_hundred_payments_at_once_with_balance_for_37_exactly_37_are_accepted()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync(), tokens: 37_500_000);

        var answers = await AtOnceAsync(poolId, choice: "reject");

        answers.Count(a => a.Status == 202).ShouldBe(37);
        answers.Where(a => a.Status != 202).ShouldAllBe(a => a.Code == "insufficient_funds");
        await using var db = api.OpenDatabase();
        (await db.Payments.CountAsync(p => p.TrainingPoolId == poolId)).ShouldBe(37);
        (await ReservedAsync(poolId)).ShouldBe(37_000_000m);
    }

    [Fact]
    public async Task Row_22_of_a_hundred_payments_that_may_wait_37_are_accepted_and_63_wait()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync(), tokens: 37_500_000);

        var answers = await AtOnceAsync(poolId, choice: "wait");

        answers.ShouldAllBe(a => a.Status == 202);
        answers.Count(a => a.Text("status") == "ACCEPTED").ShouldBe(37);
        answers.Count(a => a.Text("status") == "WAITING_FOR_FUNDS").ShouldBe(63);
        (await ReservedAsync(poolId)).ShouldBe(37_000_000m);
    }

    [Fact]
    public async Task Nobody_newer_goes_in_front_of_a_large_payment_that_waits_but_the_owner_takes_out_what_is_there()
    {
        using var owner = await Owner.SignInAsync(api);
        var token = await api.ListTokenAsync();
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, token, tokens: 10_000_000);
        (await PayAsync(owner.Http, Body(poolId, "100", onInsufficientFunds: "wait"), "large")).Status.ShouldBe(202);

        var rejects = await PayAsync(owner.Http, Body(poolId, "1"), "small");
        var waits = await PayAsync(owner.Http, Body(poolId, "1", onInsufficientFunds: "wait"), "small that may wait");
        var withdrawal = await WithdrawAsync(owner, poolId, token.Symbol);

        rejects.Code.ShouldBe("insufficient_funds");
        waits.Text("status").ShouldBe("WAITING_FOR_FUNDS");
        waits.Text("reason").ShouldStartWith("insufficient_funds: 1 earlier");
        withdrawal.Text("status").ShouldBe("ACCEPTED");
    }

    [Fact]
    public async Task Once_there_is_enough_for_all_that_wait_a_newcomer_is_served_at_once()
    {
        using var owner = await Owner.SignInAsync(api);
        var token = await api.ListTokenAsync();
        var (poolId, wallet) = await api.CreateFundedPoolAsync(owner, token, tokens: 10_000_000);
        await PayAsync(owner.Http, Body(poolId, "100", onInsufficientFunds: "wait"), "large");
        api.Chain.SetTokens(wallet, PublicKey.Parse(token.Mint!), 101_000_000);

        (await PayAsync(owner.Http, Body(poolId, "1.000001"), "too much")).Code.ShouldBe("insufficient_funds");
        (await PayAsync(owner.Http, Body(poolId, "1"), "fits")).Text("status").ShouldBe("ACCEPTED");
    }

    [Fact]
    public async Task A_paused_pool_pays_no_reward_but_its_owner_takes_funds_out()
    {
        using var owner = await Owner.SignInAsync(api);
        var token = await api.ListTokenAsync();
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, token);
        var before = Body(poolId, "1", recipient: Recipient());
        (await PayAsync(owner.Http, before, "before")).Status.ShouldBe(202);
        await owner.Http.SendJsonAsync(HttpMethod.Patch, $"/v1/pools/{poolId}", new { status = "PAUSED" }, ("If-Match", "*"));
        var recipient = Recipient();

        var byDefault = await PayAsync(owner.Http, Body(poolId, "1"), "default");
        var rejected = await PayAsync(owner.Http, Body(poolId, "1", recipient: recipient, onInsufficientFunds: "reject"), "k");
        var waits = await PayAsync(owner.Http, Body(poolId, "1", recipient: recipient, onInsufficientFunds: "wait"), "k");
        var replayed = await PayAsync(owner.Http, before, "before");
        var withdrawal = await WithdrawAsync(owner, poolId, token.Symbol);

        (byDefault.Status, byDefault.Code).ShouldBe((409, "pool_paused"));
        (rejected.Status, rejected.Code).ShouldBe((409, "pool_paused"));
        (waits.Status, waits.Text("status")).ShouldBe((202, "WAITING_FOR_FUNDS"), "the key stayed free");
        waits.Text("reason").ShouldStartWith("pool_paused: ");
        replayed.Text("status").ShouldBe("ACCEPTED");
        withdrawal.Text("status").ShouldBe("ACCEPTED");
    }

    /// <summary>A hundred different payments of one token each, over ten connections of their own.</summary>
    private async Task<Answer[]> AtOnceAsync(Guid poolId, string choice)
    {
        var clients = Enumerable.Range(0, 10).Select(_ => api.KeyClient(ApiFixture.ServiceKey)).ToArray();
        try
        {
            return await Task.WhenAll(
                Enumerable
                    .Range(0, 100)
                    .Select(i => PayAsync(clients[i % 10], Body(poolId, "1", onInsufficientFunds: choice), $"{poolId} {i}"))
            );
        }
        finally
        {
            foreach (var client in clients)
            {
                client.Dispose();
            }
        }
    }

    private async Task<decimal> ReservedAsync(Guid poolId)
    {
        await using var db = api.OpenDatabase();
        return await db
            .WalletReservations.Where(r => r.Mint != null && r.ReleasedAt == null)
            .Where(r => db.DepositWallets.Any(w => w.Id == r.WalletId && w.TrainingPoolId == poolId))
            .SumAsync(r => (decimal)r.Amount);
    }

    private static Task<Answer> WithdrawAsync(Owner owner, Guid poolId, string symbol) =>
        owner.Http.SendJsonAsync(
            HttpMethod.Post,
            $"/v1/pools/{poolId}/withdrawals",
            new
            {
                recipient = Recipient(),
                amount = "1",
                tokenSymbol = symbol,
            },
            ("Idempotency-Key", "withdrawal")
        );

    private static string Recipient()
    {
        using var account = Account.Generate();
        return account.PublicKey.ToString();
    }
}
