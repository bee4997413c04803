using System.Numerics;
using System.Text.Json.Nodes;
using Clones.Api.Tests.Hosting;
using Clones.Domain.Ledger;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Tests;

public sealed class LedgerTests(ApiFixture api)
{
    [Fact]
    public async Task The_ledger_holds_deposits_reservations_settlements_and_fees_newest_first_with_their_signatures()
    {
        using var owner = await Owner.SignInAsync(api);
        using var service = api.KeyClient(ApiFixture.ServiceKey);
        var token = await api.ListTokenAsync();
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, token);
        var payment = await PaymentTests.PayAsync(owner.Http, PaymentTests.Body(poolId, "1.5"), "ledger");
        var transactionId = Guid.Parse(payment.Text("transactionId"));
        await using (var db = api.OpenDatabase())
        {
            var wallet = await db.DepositWallets.SingleAsync(w => w.TrainingPoolId == poolId);
            var future = TimeProvider.System.GetUtcNow().AddMinutes(1).ToUnixTimeSeconds();
            db.AddRange(
                Movement(wallet.Id, "deposit", 0, MovementKind.Deposit, token.Mint, 1_000_000_000, 1, null, 1),
                Movement(wallet.Id, "paid", 0, MovementKind.Fee, null, -5_000, 9, transactionId, future),
                Movement(wallet.Id, "paid", 1, MovementKind.Payment, token.Mint, -1_500_000, 9, transactionId, future),
                Movement(wallet.Id, "named", 0, MovementKind.None, null, 0, 10, null, future)
            );
            await db.SaveChangesAsync();
        }

        var all = await owner.Http.GetJsonAsync($"/v1/pools/{poolId}/ledger");
        var byKey = await service.GetJsonAsync($"/v1/pools/{poolId}/ledger");
        var walked = new List<JsonNode>();
        string? cursor = null;
        do
        {
            var page = await owner.Http.GetJsonAsync($"/v1/pools/{poolId}/ledger?limit=1{(cursor is null ? "" : $"&cursor={cursor}")}");
            page.Status.ShouldBe(200);
            walked.AddRange(page.Body["items"]!.AsArray().Select(e => e!));
            cursor = page.Body["nextCursor"]?.GetValue<string>();
        } while (cursor is not null);

        var items = all.Body["items"]!.AsArray();
        byKey.Body["items"]!.ToJsonString().ShouldBe(items.ToJsonString());
        walked.Select(e => e.ToJsonString()).ShouldBe(items.Select(e => e!.ToJsonString()));
        items.Take(2).Select(Kind).Order().ShouldBe(["FEE", "SETTLEMENT"]);
        items.Skip(2).Take(2).Select(Kind).ShouldBe(["RESERVATION", "RESERVATION"]);
        Kind(items[4]).ShouldBe("DEPOSIT");
        items.Count.ShouldBe(5);
        var settled = items.Single(e => Kind(e) == "SETTLEMENT")!;
        settled["amount"]!.GetValue<string>().ShouldBe("-1.5");
        settled["amountBaseUnits"]!.GetValue<string>().ShouldBe("-1500000");
        settled["signature"]!.GetValue<string>().ShouldBe("paid");
        settled["slot"]!.GetValue<ulong>().ShouldBe(9ul);
        settled["paymentId"]!.GetValue<Guid>().ShouldBe(payment.Id);
        settled["transactionId"]!.GetValue<Guid>().ShouldBe(transactionId);
    }

    [Fact]
    public async Task What_payments_of_one_transaction_have_cost_is_listed_for_each()
    {
        using var owner = await Owner.SignInAsync(api);
        var token = await api.ListTokenAsync();
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, token);
        var first = await PaymentTests.PayAsync(owner.Http, PaymentTests.Body(poolId, "1"), "one of two");
        var second = await PaymentTests.PayAsync(owner.Http, PaymentTests.Body(poolId, "2"), "two of two");
        var transactionId = Guid.Parse(first.Text("transactionId"));
        await using (var db = api.OpenDatabase())
        {
            var other = await db.Payments.SingleAsync(p => p.Id == second.Id);
            other.TransactionId = transactionId;
            db.AddRange(
                Movement(other.WalletId, "both", 0, MovementKind.Fee, null, -2_501, 9, transactionId, 1, await TagAsync(first.Id)),
                Movement(other.WalletId, "both", 1, MovementKind.Fee, null, -2_500, 9, transactionId, 1, other.Tag),
                Movement(other.WalletId, "both", 2, MovementKind.Payment, token.Mint, -2_000_000, 9, transactionId, 1, other.Tag),
                Movement(other.WalletId, "both", 3, MovementKind.Rent, null, -9, 9, transactionId, 1),
                // A batch that the chain rejected: its payments went on, this one in a transaction of its own.
                Movement(other.WalletId, "rejected", 0, MovementKind.Fee, null, -7, 8, Guid.NewGuid(), 1, await TagAsync(first.Id)),
                // Of a payment that a restored database has forgotten.
                Movement(other.WalletId, "rejected", 1, MovementKind.Fee, null, -8, 8, transactionId, 1, Guid.NewGuid())
            );
            await db.SaveChangesAsync();
        }

        var items = (await owner.Http.GetJsonAsync($"/v1/pools/{poolId}/ledger")).Body["items"]!.AsArray();

        items
            .Where(e => e!["signature"] is not null)
            .Select(e => (Kind(e), e!["amountBaseUnits"]!.GetValue<string>(), e["paymentId"]?.GetValue<Guid>()))
            .ShouldBe(
                [
                    ("FEE", "-2501", first.Id),
                    ("FEE", "-2500", second.Id),
                    ("SETTLEMENT", "-2000000", second.Id),
                    ("RENT", "-9", null),
                    ("FEE", "-7", first.Id),
                    ("FEE", "-8", null),
                ],
                ignoreOrder: true
            );

        async Task<Guid> TagAsync(Guid paymentId)
        {
            await using var db = api.OpenDatabase();
            return (await db.Payments.SingleAsync(p => p.Id == paymentId)).Tag;
        }
    }

    [Fact]
    public async Task More_movements_of_one_second_than_a_page_holds_are_walked_through_once_each()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        await using (var db = api.OpenDatabase())
        {
            var wallet = await db.DepositWallets.SingleAsync(w => w.TrainingPoolId == poolId);
            db.AddRange(
                Enumerable
                    .Range(0, 25)
                    .Select(i => Movement(wallet.Id, $"m{i}", 0, MovementKind.Deposit, null, i + 1, 1, null, blockTime: 1_000 + i / 20))
            );
            await db.SaveChangesAsync();
        }

        var walked = new List<string>();
        string? cursor = null;
        do
        {
            var page = await owner.Http.GetJsonAsync($"/v1/pools/{poolId}/ledger?limit=4{(cursor is null ? "" : $"&cursor={cursor}")}");
            walked.AddRange(page.Body["items"]!.AsArray().Select(e => e!["signature"]!.GetValue<string>()));
            cursor = page.Body["nextCursor"]?.GetValue<string>();
        } while (cursor is not null);

        walked.Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, 25).Select(i => $"m{i}").Order(StringComparer.Ordinal));
        walked.Take(5).ShouldAllBe(s => int.Parse(s.Substring(1)) >= 20);
    }

    [Fact]
    public async Task A_cursor_of_another_pool_and_a_filter_that_is_none_are_rejected_and_a_pool_without_wallet_has_an_empty_ledger()
    {
        using var owner = await Owner.SignInAsync(api);
        var token = await api.ListTokenAsync();
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, token);
        var (otherId, _) = await api.CreateFundedPoolAsync(owner, token);
        await PaymentTests.PayAsync(owner.Http, PaymentTests.Body(poolId, "1"), "cursor");
        var cursor = (await owner.Http.GetJsonAsync($"/v1/pools/{poolId}/ledger?limit=1")).Text("nextCursor");

        (await owner.Http.GetJsonAsync($"/v1/pools/{otherId}/ledger?cursor={cursor}")).Status.ShouldBe(400);
        (await owner.Http.GetJsonAsync($"/v1/pools/{poolId}/ledger?kind=FEE")).Status.ShouldBe(400);
        (await owner.Http.GetJsonAsync($"/v1/pools/{otherId}/ledger")).Body["items"]!.AsArray().ShouldBeEmpty();
    }

    private static string Kind(JsonNode? entry) => entry!["kind"]!.GetValue<string>();

    private static WalletMovement Movement(
        Guid walletId,
        string signature,
        int ordinal,
        MovementKind kind,
        string? mint,
        long delta,
        ulong slot,
        Guid? transactionId,
        long blockTime,
        Guid? paymentTag = null
    ) =>
        new()
        {
            WalletId = walletId,
            Signature = signature,
            Ordinal = ordinal,
            Kind = kind,
            Mint = mint,
            Delta = new BigInteger(delta),
            Slot = slot,
            BlockTime = blockTime,
            TransactionId = transactionId,
            AttemptNumber = transactionId is null ? null : 1,
            PaymentTag = paymentTag,
            RecordedAt = DateTimeOffset.UnixEpoch,
        };
}
