using Clones.Api.Payments;
using Clones.Api.Tests.Hosting;
using Clones.Testing;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Tests;

public sealed class PaymentExportTests(ApiFixture api)
{
    [Fact]
    public async Task Payments_are_exported_as_CSV_with_the_filters_of_the_list()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        await PaymentTests.PayAsync(owner.Http, PaymentTests.Body(poolId, "12.5", "a, \"b\""), "1");
        await PaymentTests.PayAsync(owner.Http, PaymentTests.Body(poolId, "1", "=1+1"), "2");

        using var response = await owner.Http.GetAsync("/v1/payments/export");

        response.EnsureSuccessStatusCode();
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
        var lines = (await response.Content.ReadAsStringAsync()).Split("\r\n");
        lines.Length.ShouldBe(4);
        lines[0].ShouldStartWith("id,kind,trainingPoolId,recipient,");
        lines[1].ShouldContain(",12.5,12500000,ACCEPTED,\"a, \"\"b\"\"\",");
        lines[2].ShouldContain(",ACCEPTED,'=1+1,");
        lines[3].ShouldBeEmpty();
        (await LinesAsync(owner, "?reference=%3D1%2B1")).Length.ShouldBe(3);
        (await LinesAsync(owner, "?createdFrom=2099-01-01T00:00:00Z")).Length.ShouldBe(2);
        (await LinesAsync(owner, "?createdBefore=2099-01-01T00:00:00%2B02:00")).Length.ShouldBe(4);
    }

    [Fact]
    public async Task A_stranger_exports_nothing_of_others_and_bad_filters_are_named()
    {
        using var owner = await Owner.SignInAsync(api);
        using var stranger = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        await PaymentTests.PayAsync(owner.Http, PaymentTests.Body(poolId, "1"), "1");

        (await LinesAsync(stranger, $"?trainingPoolId={poolId}")).Length.ShouldBe(2);
        foreach (
            var (name, value) in ((string, string)[])
                [
                    ("limit", "5"),
                    ("createdFrom", "yesterday"),
                    ("createdFrom", "2026-11-25T12:00:00"),
                    ("createdBefore", "0000-01-01T00:00:00Z"),
                ]
        )
        {
            var answer = await owner.Http.GetJsonAsync($"/v1/payments/export?{name}={value}");
            answer.Status.ShouldBe(400);
            answer.Errors(name).ShouldNotBeEmpty();
        }
    }

    [Fact]
    public async Task An_export_of_many_pages_has_every_payment_once_and_in_order()
    {
        using var owner = await Owner.SignInAsync(api);
        using var service = api.KeyClient(ApiFixture.ServiceKey);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        await CopyPaymentAsync(owner, poolId, copies: 1_234);

        var lines = await LinesAsync(owner, $"?trainingPoolId={poolId}");

        var ids = lines[1..^1].Select(line => line[..36]).ToList();
        ids.Count.ShouldBe(1_235);
        ids.ShouldBe(ids.Distinct().Order(StringComparer.Ordinal));
        (await service.GetStringAsync($"/v1/payments/export?trainingPoolId={poolId}")).Split("\r\n").ShouldBe(lines);
    }

    [Fact]
    public async Task A_reader_who_stops_in_the_middle_of_an_export_does_not_keep_the_database_from_cleaning_up()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        // More than the buffers of both ends hold.
        await CopyPaymentAsync(owner, poolId, copies: 60_000);

        using var response = await owner.Http.GetAsync(
            $"/v1/payments/export?trainingPoolId={poolId}",
            HttpCompletionOption.ResponseHeadersRead
        );

        response.EnsureSuccessStatusCode();
        await UntilNoSnapshotIsHeldAsync().OrGiveUpAsync("the export to let go of the database", TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("a;=cmd", "\"a;=cmd\"")]
    [InlineData("-1\r\n2", "\"'-1\r\n2\"")]
    public void A_field_is_quoted_where_it_must_be_and_never_a_formula(string? text, string field) =>
        PaymentExportEndpoint.Field(text).ShouldBe(field);

    /// <summary>One payment, and so many more like it.</summary>
    private async Task CopyPaymentAsync(Owner owner, Guid poolId, int copies)
    {
        await PaymentTests.PayAsync(owner.Http, PaymentTests.Body(poolId, "1"), "copied");
        await using var db = api.OpenDatabase();
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO payments (id, kind, training_pool_id, wallet_id, recipient, mint, amount, status, caller, idempotency_key, request_hash,
                    reference, created_at, completed_at)
                SELECT gen_random_uuid(), kind, training_pool_id, wallet_id, recipient, mint, amount, 'COMPLETED', caller, 'copy-' || n, request_hash,
                    repeat('x', 90), created_at, created_at
                FROM payments, generate_series(1, {copies}) n WHERE training_pool_id = {poolId} AND idempotency_key = 'copied'
            """
        );
    }

    private async Task UntilNoSnapshotIsHeldAsync()
    {
        await using var db = api.OpenDatabase();
        while (
            await db
                .Database.SqlQuery<int>(
                    $"""
                    SELECT count(*)::int AS "Value" FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL
                    """
                )
                .SingleAsync() > 0
        )
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    private static async Task<string[]> LinesAsync(Owner owner, string query) =>
        (await owner.Http.GetStringAsync($"/v1/payments/export{query}")).Split("\r\n");
}
