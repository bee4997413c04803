using System.Text.Json.Nodes;
using Clones.Domain.Payments;
using Clones.Domain.Pools;
using Clones.Solana.Primitives;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Tests.Payments;

public sealed class PaymentRequestedTests(SettlementHost host) : IClassFixture<SettlementHost>
{
    private const string Exchange = "payment-requested";
    private const ulong Sol = 1_000_000_000;

    [Fact]
    public async Task One_request_id_is_one_payment_however_often_it_is_delivered_and_whatever_it_says_the_second_time()
    {
        var recipient = TestKeys.FreshAddress();
        var pool = await host.CreatePoolAsync(2 * Sol);
        var id = $"request-{Guid.NewGuid():N}";
        var body = Body(id, pool, recipient, "8200000");

        await host.Broker.PublishAsync(Exchange, body, body, body);
        var payment = await host.UntilPaymentAsync((await PaymentAsync(id)).Id, PaymentStatus.Completed);
        await host.Broker.PublishAsync(Exchange, body, body.Replace("8200000", "8200001", StringComparison.Ordinal));

        var faults = await host.Broker.UntilFaultsAsync(Exchange, 1);
        faults
            .ShouldHaveSingleItem()
            .ShouldStartWith($"requestId: {id} was asked for before with other contents, and is payment {payment.Id}.");
        (payment.Amount, payment.Kind, payment.Caller, payment.Reference).ShouldBe(
            (8_200_000ul, PaymentKind.Reward, "system:payment-requests", id)
        );
        (await host.Rpc.Primary.GetBalanceAsync(PublicKey.Parse(recipient))).Value.ShouldBe(8_200_000ul);
        (await host.WithAsync((_, db) => db.Payments.CountAsync(p => p.TrainingPoolId == pool.Id))).ShouldBe(1);
        await host.Broker.PurgeFaultsAsync(Exchange);
    }

    [Fact]
    public async Task A_request_that_funds_are_missing_for_waits_and_is_paid_when_they_come()
    {
        var recipient = TestKeys.FreshAddress();
        var pool = await host.CreatePoolAsync(0);
        var id = $"request-{Guid.NewGuid():N}";

        await host.Broker.PublishAsync(Exchange, Body(id, pool, recipient, "100000000", "an invoice"));
        var waiting = await host.UntilPaymentAsync((await PaymentAsync(id)).Id, PaymentStatus.WaitingForFunds);
        var wallet = await host.WithAsync((_, db) => db.DepositWallets.SingleAsync(w => w.TrainingPoolId == pool.Id));
        await host.FundAsync(PublicKey.Parse(wallet.Address), Sol);

        var paid = await host.UntilPaymentAsync(waiting.Id, PaymentStatus.Completed);
        (paid.Reference, waiting.Reason.ShouldNotBeNull()).ShouldSatisfyAllConditions(
            () => paid.Reference.ShouldBe("an invoice"),
            () => waiting.Reason.ShouldContain("lamports are needed")
        );
    }

    [Theory]
    [InlineData("requestId", "\"\"", "requestId must be 1 to 100 characters long.")]
    [InlineData("requestId", "\"a\\u0000b\"", "requestId must not contain U+0000.")]
    [InlineData("reference", "\"\\u202eevil\"", "reference must not contain U+202E.")]
    [InlineData("amountBaseUnits", "\"0\"", "amountBaseUnits must be a string of base units")]
    [InlineData("amountBaseUnits", "\"-1\"", "amountBaseUnits must be a string of base units")]
    [InlineData("amountBaseUnits", "\"1.5\"", "amountBaseUnits must be a string of base units")]
    [InlineData("amountBaseUnits", "\"18446744073709551616\"", "amountBaseUnits must be a string of base units")]
    [InlineData("amountBaseUnits", "\"\\u0661\"", "amountBaseUnits must be a string of base units")]
    [InlineData("recipient", "\"nobody\"", "recipient must be the base58 address")]
    [InlineData("recipient", "\"11111111111111111111111111111111\"", "recipient cannot be paid.")]
    [InlineData("trainingPoolId", "\"019a0000-0000-7000-8000-000000000000\"", "trainingPoolId: there is no training pool")]
    public async Task A_field_that_is_wrong_is_named_in_the_error_queue_and_nothing_is_paid(string field, string value, string reason)
    {
        var pool = await host.CreatePoolAsync(0);
        var body = JsonNode.Parse(Body("wrong", pool, TestKeys.FreshAddress(), "1", "words"))!;
        body[field] = JsonNode.Parse(value);

        await host.Broker.PublishAsync(Exchange, body.ToJsonString());

        (await host.Broker.UntilFaultsAsync(Exchange, 1)).ShouldHaveSingleItem().ShouldStartWith(reason);
        (await host.WithAsync((_, db) => db.Payments.AnyAsync(p => p.TrainingPoolId == pool.Id))).ShouldBeFalse();
        await host.Broker.PurgeFaultsAsync(Exchange);
    }

    [Fact]
    public async Task The_name_that_the_amount_had_before_is_rejected_and_the_new_one_named()
    {
        var pool = await host.CreatePoolAsync(0);
        var body = Body("old name", pool, TestKeys.FreshAddress(), "1").Replace("amountBaseUnits", "amount", StringComparison.Ordinal);

        await host.Broker.PublishAsync(Exchange, body);

        (await host.Broker.UntilFaultsAsync(Exchange, 1)).ShouldHaveSingleItem().ShouldContain("amountBaseUnits");
        (await host.WithAsync((_, db) => db.Payments.AnyAsync(p => p.TrainingPoolId == pool.Id))).ShouldBeFalse();
        await host.Broker.PurgeFaultsAsync(Exchange);
    }

    private Task<Payment> PaymentAsync(string id) =>
        PatientWait.UntilAsync(
            () => host.WithAsync((_, db) => db.Payments.AsNoTracking().FirstOrDefaultAsync(p => p.IdempotencyKey == id)),
            $"a payment of {id}"
        );

    private static string Body(string id, TrainingPool pool, string recipient, string amount, string? reference = null) =>
        $$"""{"requestId":"{{id}}","trainingPoolId":"{{pool.Id}}","recipient":"{{recipient}}","amountBaseUnits":"{{amount}}","reference":{{(reference is null ? "null" : $"\"{reference}\"")}}}""";
}
