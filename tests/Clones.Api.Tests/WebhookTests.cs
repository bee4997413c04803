using Clones.Api.Tests.Hosting;
using Clones.Domain.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Tests;

public sealed class WebhookTests(ApiFixture api)
{
    private const string Url = "https://hooks.example.org/clones?team=7";

    [Fact]
    public async Task A_secret_is_shown_by_the_answer_that_made_it_and_never_again()
    {
        using var owner = await Owner.SignInAsync(api);

        var created = await RegisterAsync(owner);

        created.Status.ShouldBe(201);
        created.Response.Headers.Location!.ToString().ShouldBe($"/v1/webhooks/{created.Id}");
        created.Response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var secret = created.Text("secret");
        secret.ShouldStartWith("whsec_");
        Convert.FromBase64String(secret["whsec_".Length..]).Length.ShouldBe(32);
        var path = $"/v1/webhooks/{created.Id}";
        var read = await owner.Http.GetJsonAsync(path);
        read.Body["secret"].ShouldBeNull();
        (read.Text("url"), read.Text("owner"), read.Body["enabled"]!.GetValue<bool>()).ShouldBe((Url, owner.Address, true));
        (await owner.Http.GetJsonAsync("/v1/webhooks")).Body["items"]!.AsArray().ShouldHaveSingleItem()!["secret"].ShouldBeNull();
        await using var db = api.OpenDatabase();
        var row = await db.WebhookEndpoints.SingleAsync(e => e.Id == created.Id);
        new WebhookSecrets(System.Text.Encoding.UTF8.GetBytes(ApiFixture.WebhookSecret)).Show(row.Id, 1).ShouldBe(secret);
    }

    [Fact]
    public async Task A_rotation_shows_another_secret_and_says_until_when_the_one_before_signs()
    {
        using var owner = await Owner.SignInAsync(api);
        var created = await RegisterAsync(owner);
        var etag = created.Response.Headers.ETag!.Tag;

        var rotated = await owner.Http.SendJsonAsync(HttpMethod.Post, $"/v1/webhooks/{created.Id}/secret");

        rotated.Status.ShouldBe(200);
        rotated.Text("secret").ShouldNotBe(created.Text("secret"));
        var left = DateTimeOffset.Parse(rotated.Text("previousSecretUntil")) - api.Time.GetUtcNow();
        left.ShouldBeInRange(TimeSpan.FromHours(23.9), TimeSpan.FromHours(24));
        rotated.Response.Headers.ETag!.Tag.ShouldNotBe(etag);
        (await owner.Http.GetJsonAsync($"/v1/webhooks/{created.Id}")).Body["secret"].ShouldBeNull();
    }

    [Theory]
    [InlineData("ftp://hooks.example.org/")]
    [InlineData("http://hooks.example.org/")]
    [InlineData("https:hooks.example.org")]
    [InlineData("//hooks.example.org")]
    [InlineData("hooks.example.org")]
    [InlineData("")]
    [InlineData("https://")]
    [InlineData("https://user:password@hooks.example.org/")]
    [InlineData("https://@hooks.example.org/")]
    [InlineData("https://hooks.example.org\\@10.0.0.1/")]
    [InlineData("https://hooks.example.org/#part")]
    [InlineData("https://hooks.example.org/a b")]
    [InlineData("https://hooks.example.org/\u0000")]
    [InlineData("https://hooks.example.org/\r\nX: y")]
    [InlineData("https://h\u00f6\u00f6ks.example.org/")]
    [InlineData("https://hooks.example.org/\u202e")]
    [InlineData("https://hooks.example.org:0/")]
    [InlineData("https://hooks.example.org:65536/")]
    [InlineData("https://hooks.example.org:25/")]
    [InlineData("https://localhost/")]
    [InlineData("https://localhost./")]
    [InlineData("https://sub.localhost/")]
    [InlineData("https://postgres/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://127.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.0.0.1/")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://0/")]
    [InlineData("https://10.1.2.3/")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://192.168.0.1./")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:10.0.0.1]/")]
    [InlineData("https://[::ffff:1.1.1.1]/")]
    [InlineData("https://[fd00::1]/")]
    [InlineData("https://[64:ff9b::a00:1]/")]
    public async Task A_url_that_nothing_may_be_sent_to_is_rejected_by_name(string url)
    {
        using var owner = await Owner.SignInAsync(api);
        var there = await RegisterAsync(owner);

        var rejected = await owner.Http.SendJsonAsync(HttpMethod.Post, "/v1/webhooks", new { url });
        var changed = await owner.Http.SendJsonAsync(HttpMethod.Patch, $"/v1/webhooks/{there.Id}", new { url }, ("If-Match", "*"));

        (rejected.Status, rejected.Code).ShouldBe((400, "invalid_request"));
        rejected.Errors("url").ShouldNotBeEmpty();
        changed.Errors("url").ShouldNotBeEmpty();
        (await owner.Http.GetJsonAsync($"/v1/webhooks/{there.Id}")).Text("url").ShouldBe(Url);
    }

    [Fact]
    public async Task Other_fields_that_are_not_what_they_should_be_are_rejected_by_name_and_change_nothing()
    {
        using var owner = await Owner.SignInAsync(api);
        var there = await RegisterAsync(owner);
        var path = $"/v1/webhooks/{there.Id}";
        var before = (await owner.Http.GetJsonAsync(path)).Body.ToJsonString();
        (string Field, object? Value)[] bad =
        [
            ("url", null),
            ("url", 7),
            ("url", "https://hooks.example.org/" + new string('a', 500)),
            ("description", ""),
            ("description", new string('d', 201)),
            ("description", "turned \u202e round"),
            ("description", "nul \0"),
            ("description", 1),
            ("eventTypes", new[] { "payment-completed" }),
            ("eventTypes", new[] { "PAYMENT.COMPLETED" }),
            ("eventTypes", new[] { "webhook.test" }),
            ("eventTypes", new[] { "payment.failed", "payment.failed" }),
            ("eventTypes", new string?[] { null }),
            ("eventTypes", "payment.failed"),
            ("enabled", null),
            ("enabled", "true"),
            ("enabled", 1),
            ("secret", "whsec_mine"),
            ("ownerAddress", owner.Address),
            ("version", 9),
        ];

        foreach (var (field, value) in bad)
        {
            var body = new Dictionary<string, object?> { [field] = value };
            var changed = await owner.Http.SendJsonAsync(HttpMethod.Patch, path, body, ("If-Match", "*"));
            changed.Status.ShouldBe(400, $"{field} {value}");
            changed.Body["errors"]!.AsObject().ShouldContain(e => e.Key.StartsWith(field), $"{field} {value}");
        }
        (await owner.Http.GetJsonAsync(path)).Body.ToJsonString().ShouldBe(before);
    }

    [Fact]
    public async Task A_change_needs_the_version_that_was_read()
    {
        using var owner = await Owner.SignInAsync(api);
        var there = await RegisterAsync(owner);
        var path = $"/v1/webhooks/{there.Id}";
        var etag = (await owner.Http.GetJsonAsync(path)).Response.Headers.ETag!.Tag;
        var body = new
        {
            description = "Of accounting",
            eventTypes = new[] { "payment.completed", "payment.failed" },
            enabled = false,
        };

        (await owner.Http.SendJsonAsync(HttpMethod.Patch, path, body)).Code.ShouldBe("precondition_required");
        var changed = await owner.Http.SendJsonAsync(HttpMethod.Patch, path, body, ("If-Match", etag));
        (await owner.Http.SendJsonAsync(HttpMethod.Patch, path, body, ("If-Match", etag))).Code.ShouldBe("precondition_failed");

        changed.Status.ShouldBe(200);
        (changed.Text("description"), changed.Body["enabled"]!.GetValue<bool>()).ShouldBe(("Of accounting", false));
        changed.Body["eventTypes"]!.ToJsonString().ShouldBe("""["payment.completed","payment.failed"]""");
        var cleared = await owner.Http.SendJsonAsync(
            HttpMethod.Patch,
            path,
            new { description = (string?)null, eventTypes = (string[]?)null },
            ("If-Match", "*")
        );
        cleared.Body["description"].ShouldBeNull();
        cleared.Body["eventTypes"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task An_owner_has_at_most_twenty_also_when_all_are_asked_for_at_once()
    {
        using var owner = await Owner.SignInAsync(api);

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => RegisterAsync(owner)));

        answers.Count(a => a.Status == 201).ShouldBe(20);
        answers.Where(a => a.Status != 201).ShouldAllBe(a => a.Status == 409 && a.Code == "webhook_limit_reached");
        var one = answers.First(a => a.Status == 201).Id;
        (await owner.Http.SendJsonAsync(HttpMethod.Delete, $"/v1/webhooks/{one}")).Status.ShouldBe(204);
        (await RegisterAsync(owner)).Status.ShouldBe(201);
    }

    [Fact]
    public async Task A_deleted_webhook_is_not_there_any_more()
    {
        using var owner = await Owner.SignInAsync(api);
        var (id, deliveryId) = await RegisterAndTestAsync(owner);

        (await owner.Http.SendJsonAsync(HttpMethod.Delete, $"/v1/webhooks/{id}")).Status.ShouldBe(204);

        (await owner.Http.SendJsonAsync(HttpMethod.Delete, $"/v1/webhooks/{id}")).Status.ShouldBe(404);
        (await owner.Http.GetJsonAsync($"/v1/webhooks/{id}")).Status.ShouldBe(404);
        (await owner.Http.GetJsonAsync($"/v1/webhooks/{id}/deliveries/{deliveryId}")).Status.ShouldBe(404);
        (await owner.Http.SendJsonAsync(HttpMethod.Post, $"/v1/webhooks/{id}/deliveries/{deliveryId}/replay")).Status.ShouldBe(404);
        (await owner.Http.GetJsonAsync("/v1/webhooks")).Body["items"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Deliveries_are_listed_by_status_page_by_page_and_one_is_shown_with_its_body()
    {
        using var owner = await Owner.SignInAsync(api);
        var (id, first) = await RegisterAndTestAsync(owner);
        var second = (await owner.Http.SendJsonAsync(HttpMethod.Post, $"/v1/webhooks/{id}/test")).Id;
        var third = (await owner.Http.SendJsonAsync(HttpMethod.Post, $"/v1/webhooks/{id}/test")).Id;
        await SetAsync(second, WebhookDeliveryStatus.Delivered);
        var path = $"/v1/webhooks/{id}/deliveries";

        var page = await owner.Http.GetJsonAsync($"{path}?status=PENDING&limit=1");
        var next = await owner.Http.GetJsonAsync($"{path}?status=PENDING&limit=1&cursor={page.Text("nextCursor")}");

        page.Body["items"]!.AsArray().ShouldHaveSingleItem()!["id"]!.GetValue<Guid>().ShouldBe(third);
        next.Body["items"]!.AsArray().ShouldHaveSingleItem()!["id"]!.GetValue<Guid>().ShouldBe(first);
        next.Body["nextCursor"].ShouldBeNull();
        (await owner.Http.GetJsonAsync($"{path}?cursor={page.Text("nextCursor")}")).Errors("cursor").ShouldNotBeEmpty();
        foreach (var status in (string[])["pending", "0", "LOST", "%00"])
        {
            (await owner.Http.GetJsonAsync($"{path}?status={status}")).Errors("status").ShouldNotBeEmpty(status);
        }

        var shown = await owner.Http.GetJsonAsync($"{path}/{first}");
        var body = System.Text.Json.Nodes.JsonNode.Parse(shown.Text("body"))!;
        body["type"]!.GetValue<string>().ShouldBe("webhook.test");
        body["data"]!["endpointId"]!.GetValue<Guid>().ShouldBe(id);
        shown.Body["delivery"]!["webhookId"]!.GetValue<string>().ShouldStartWith("msg_");
        shown.Body["attempts"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_delivery_of_another_webhook_of_the_same_owner_is_not_found_behind_this_one()
    {
        using var owner = await Owner.SignInAsync(api);
        var (_, deliveryId) = await RegisterAndTestAsync(owner);
        var other = await RegisterAsync(owner);

        (await owner.Http.GetJsonAsync($"/v1/webhooks/{other.Id}/deliveries/{deliveryId}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task What_was_given_up_is_replayed_for_three_days_more_and_a_replay_of_what_is_being_sent_is_rejected()
    {
        using var owner = await Owner.SignInAsync(api);
        var (id, deliveryId) = await RegisterAndTestAsync(owner);
        await SetAsync(deliveryId, WebhookDeliveryStatus.Exhausted);
        var path = $"/v1/webhooks/{id}/deliveries/{deliveryId}/replay";

        var replayed = await owner.Http.SendJsonAsync(HttpMethod.Post, path);

        (replayed.Status, replayed.Text("status")).ShouldBe((202, "PENDING"));
        replayed.Response.Headers.Location!.ToString().ShouldBe($"/v1/webhooks/{id}/deliveries/{deliveryId}");
        (DateTimeOffset.Parse(replayed.Text("giveUpAt")) - api.Time.GetUtcNow()).TotalDays.ShouldBeInRange(2.9, 3);
        await using var db = api.OpenDatabase();
        var lease = Guid.NewGuid();
        await db
            .WebhookDeliveries.Where(d => d.Id == deliveryId)
            .ExecuteUpdateAsync(s =>
                s.SetProperty(d => d.LeaseId, lease).SetProperty(d => d.LeasedUntil, api.Time.GetUtcNow().AddMinutes(1))
            );
        var rejected = await owner.Http.SendJsonAsync(HttpMethod.Post, path);
        (rejected.Status, rejected.Code).ShouldBe((409, "webhook_delivery_in_flight"));
        (await db.WebhookDeliveries.AsNoTracking().SingleAsync(d => d.Id == deliveryId)).LeaseId.ShouldBe(lease);
    }

    [Fact]
    public async Task A_disabled_webhook_takes_no_test_and_no_replay_and_few_tests_wait()
    {
        using var owner = await Owner.SignInAsync(api);
        var (id, deliveryId) = await RegisterAndTestAsync(owner);
        for (var i = 0; i < 4; i++)
        {
            (await owner.Http.SendJsonAsync(HttpMethod.Post, $"/v1/webhooks/{id}/test")).Status.ShouldBe(202);
        }

        (await owner.Http.SendJsonAsync(HttpMethod.Post, $"/v1/webhooks/{id}/test")).Code.ShouldBe("webhook_tests_pending");

        await owner.Http.SendJsonAsync(HttpMethod.Patch, $"/v1/webhooks/{id}", new { enabled = false }, ("If-Match", "*"));

        foreach (var path in (string[])[$"/v1/webhooks/{id}/test", $"/v1/webhooks/{id}/deliveries/{deliveryId}/replay"])
        {
            (await owner.Http.SendJsonAsync(HttpMethod.Post, path)).Code.ShouldBe("webhook_disabled");
        }
    }

    [Fact]
    public async Task A_key_with_scope_ops_reads_and_replays_and_no_key_changes_anything()
    {
        using var owner = await Owner.SignInAsync(api);
        using var operators = api.KeyClient(ApiFixture.OperatorKey);
        using var service = api.KeyClient(ApiFixture.ServiceKey);
        var (id, deliveryId) = await RegisterAndTestAsync(owner);

        (await operators.GetJsonAsync($"/v1/webhooks/{id}")).Status.ShouldBe(200);
        (await operators.GetJsonAsync($"/v1/webhooks/{id}/deliveries")).Status.ShouldBe(200);
        (await operators.SendJsonAsync(HttpMethod.Post, $"/v1/webhooks/{id}/deliveries/{deliveryId}/replay")).Status.ShouldBe(202);
        (await operators.SendJsonAsync(HttpMethod.Post, "/v1/webhooks", new { url = Url })).Status.ShouldBe(403);
        (await operators.SendJsonAsync(HttpMethod.Post, $"/v1/webhooks/{id}/secret")).Status.ShouldBe(403);
        (await operators.SendJsonAsync(HttpMethod.Delete, $"/v1/webhooks/{id}")).Status.ShouldBe(403);
        (await service.GetJsonAsync($"/v1/webhooks/{id}")).Status.ShouldBe(403);
    }

    [Fact]
    public async Task At_most_five_tests_wait_also_when_all_are_asked_for_at_once()
    {
        using var owner = await Owner.SignInAsync(api);
        var there = await RegisterAsync(owner);

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => owner.Http.SendJsonAsync(HttpMethod.Post, $"/v1/webhooks/{there.Id}/test"))
        );

        answers.Count(a => a.Status == 202).ShouldBe(5);
        answers.Where(a => a.Status != 202).ShouldAllBe(a => a.Status == 409 && a.Code == "webhook_tests_pending");
    }

    [Fact]
    public async Task Who_is_not_the_owner_sees_scheme_and_host_of_a_url_and_no_answers()
    {
        using var owner = await Owner.SignInAsync(api);
        using var operators = api.KeyClient(ApiFixture.OperatorKey);
        var (id, deliveryId) = await RegisterAndTestAsync(owner);
        await AddAttemptsAsync(deliveryId, 1);
        var path = $"/v1/webhooks/{id}/deliveries/{deliveryId}";

        (await operators.GetJsonAsync($"/v1/webhooks/{id}")).Text("url").ShouldBe("https://hooks.example.org");
        var listed = (await operators.GetJsonAsync("/v1/webhooks?limit=1")).Body["items"]!.AsArray().ShouldHaveSingleItem()!;
        listed["url"]!.GetValue<string>().ShouldNotContain("clones");
        var attempt = (await operators.GetJsonAsync(path)).Body["attempts"]!.AsArray().ShouldHaveSingleItem()!;
        attempt["answer"].ShouldBeNull();
        attempt["failure"]!.GetValue<string>().ShouldBe("It answered 500.");
        var own = (await owner.Http.GetJsonAsync(path)).Body["attempts"]!.AsArray().ShouldHaveSingleItem()!;
        own["answer"]!.GetValue<string>().ShouldBe("answer 1");
    }

    [Fact]
    public async Task Of_many_attempts_the_last_hundred_are_shown_and_after_a_thousand_there_is_no_replay()
    {
        using var owner = await Owner.SignInAsync(api);
        var (id, deliveryId) = await RegisterAndTestAsync(owner);
        await AddAttemptsAsync(deliveryId, 1_000);
        var path = $"/v1/webhooks/{id}/deliveries/{deliveryId}";

        var attempts = (await owner.Http.GetJsonAsync(path)).Body["attempts"]!.AsArray();
        var replay = await owner.Http.SendJsonAsync(HttpMethod.Post, $"{path}/replay");

        attempts.Select(a => a!["number"]!.GetValue<int>()).ShouldBe(Enumerable.Range(901, 100));
        (replay.Status, replay.Code).ShouldBe((409, "webhook_backlog_full"));
    }

    [Fact]
    public async Task A_replay_is_rejected_while_more_than_a_thousand_others_wait()
    {
        using var owner = await Owner.SignInAsync(api);
        var (id, deliveryId) = await RegisterAndTestAsync(owner);
        var path = $"/v1/webhooks/{id}/deliveries/{deliveryId}/replay";
        await AddWaitingAsync(deliveryId, 1_000);
        (await owner.Http.SendJsonAsync(HttpMethod.Post, path)).Status.ShouldBe(202);

        await AddWaitingAsync(deliveryId, 1);

        var rejected = await owner.Http.SendJsonAsync(HttpMethod.Post, path);
        (rejected.Status, rejected.Code).ShouldBe((409, "webhook_backlog_full"));
    }

    private async Task AddAttemptsAsync(Guid deliveryId, int count)
    {
        await using var db = api.OpenDatabase();
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO webhook_attempts (delivery_id, number, started_at, duration_milliseconds, status_code, failure, answer)
            SELECT {deliveryId}, n, {api.Time.GetUtcNow()}, 10, 500, 'It answered 500.', 'answer ' || n FROM generate_series(1, {count}) n
            """
        );
        await db.WebhookDeliveries.Where(d => d.Id == deliveryId).ExecuteUpdateAsync(s => s.SetProperty(d => d.AttemptCount, count));
    }

    private async Task AddWaitingAsync(Guid like, int count)
    {
        await using var db = api.OpenDatabase();
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event_type, body, status, attempt_count, failed_tries,
                next_attempt_at, give_up_at, created_at)
            SELECT gen_random_uuid(), d.endpoint_id, gen_random_uuid(), d.event_type, d.body, 'PENDING', 0, 0,
                d.next_attempt_at, d.give_up_at, d.created_at
            FROM webhook_deliveries d, generate_series(1, {count}) WHERE d.id = {like}
            """
        );
    }

    internal static async Task<(Guid WebhookId, Guid DeliveryId)> RegisterAndTestAsync(Owner owner)
    {
        var webhook = await RegisterAsync(owner);
        var delivery = await owner.Http.SendJsonAsync(HttpMethod.Post, $"/v1/webhooks/{webhook.Id}/test");
        delivery.Status.ShouldBe(202);
        return (webhook.Id, delivery.Id);
    }

    private static Task<Answer> RegisterAsync(Owner owner) => owner.Http.SendJsonAsync(HttpMethod.Post, "/v1/webhooks", new { url = Url });

    private async Task SetAsync(Guid deliveryId, WebhookDeliveryStatus status)
    {
        await using var db = api.OpenDatabase();
        await db
            .WebhookDeliveries.Where(d => d.Id == deliveryId)
            .ExecuteUpdateAsync(s => s.SetProperty(d => d.Status, status).SetProperty(d => d.NextAttemptAt, (DateTimeOffset?)null));
    }
}
