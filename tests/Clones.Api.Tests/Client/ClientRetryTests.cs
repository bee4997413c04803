using Clones.Client;

namespace Clones.Api.Tests.Client;

public sealed class ClientRetryTests
{
    private const string Payment = """
        {"id":"019abc3e-7a10-7c44-9d2e-5b7f0c1d2e3f","kind":"REWARD","trainingPoolId":"019abc3e-7a10-7c44-9d2e-5b7f0c1d2e30","recipient":"r","tokenSymbol":"DEV",
        "mint":null,"amount":"1","amountBaseUnits":"1","status":"ACCEPTED","reference":null,"reason":null,"transactionId":null,"signature":null,"slot":null,
        "createdAt":"2026-11-25T12:00:00+00:00","completedAt":null,"memberOfALaterVersion":[1]}
        """;

    private static readonly CreatePaymentRequest Request = new()
    {
        TrainingPoolId = Guid.NewGuid(),
        Recipient = "r",
        Amount = "1",
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_payment_keeps_its_key_over_a_broken_connection_an_unavailable_database_and_too_many_requests()
    {
        await using var server = await ScriptedServer.StartAsync(
            ScriptedServer.BreaksOff,
            ScriptedServer.Rejects(503, "database_unavailable", ("Retry-After", "0")),
            ScriptedServer.Rejects(429, "rate_limited", ("Retry-After", "0")),
            ScriptedServer.Says(202, "application/json", Payment)
        );
        using var client = server.Client();

        (await client.CreatePaymentAsync(Request, "reward-7", Ct)).Status.ShouldBe(PaymentStatuses.Accepted);

        server.Seen.Count.ShouldBe(4);
        server.Seen.Select(s => s.Headers["Idempotency-Key"]).Distinct().ShouldHaveSingleItem().ShouldBe("reward-7");
    }

    [Fact]
    public async Task Two_calls_have_two_keys_and_a_key_that_is_given_is_kept()
    {
        var rejection = ScriptedServer.Rejects(409, "event_not_valid");
        await using var server = await ScriptedServer.StartAsync(rejection, rejection, rejection);
        using var client = server.Client();

        foreach (var key in (string?[])[null, null, "deploy-7"])
        {
            await Should.ThrowAsync<ClonesProblemException>(() => client.DeployAgentAsync(Guid.Empty, key, cancellationToken: Ct));
        }

        server.Seen.Select(s => s.Headers["Idempotency-Key"]).Distinct().Count().ShouldBe(3);
        server.Seen.Last().Headers["Idempotency-Key"].ShouldBe("deploy-7");
    }

    [Fact]
    public async Task An_answer_from_another_host_is_none_even_over_connections_that_follow_redirections()
    {
        await using var elsewhere = await ScriptedServer.StartAsync(ScriptedServer.Says(200, "application/json", "{}"));
        await using var server = await ScriptedServer.StartAsync(context =>
        {
            context.Response.Redirect($"{elsewhere.Address}v1/pools", permanent: false);
            return Task.CompletedTask;
        });
        using var http = new HttpClient();
        using var client = new ClonesClient(
            new ClonesClientOptions { BaseAddress = server.Address, Credentials = ClonesCredentials.ApiKey("key") },
            http
        );

        var thrown = await Should.ThrowAsync<ClonesAnswerException>(() => client.ListPoolsAsync(cancellationToken: Ct));

        thrown.Message.ShouldContain("AllowAutoRedirect");
    }

    [Fact]
    public async Task What_has_no_key_is_not_sent_again_after_a_connection_that_broke()
    {
        await using var server = await ScriptedServer.StartAsync(ScriptedServer.BreaksOff);
        using var client = server.Client();

        await Should.ThrowAsync<HttpRequestException>(() =>
            client.SubmitOwnerTransactionAsync(Guid.NewGuid(), "token-creation", new SignedTransactionRequest { Transaction = "AA==" }, Ct)
        );

        server.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_has_no_key_is_not_sent_again_where_it_may_have_been_done_but_is_where_it_was_one_too_many()
    {
        await using var server = await ScriptedServer.StartAsync(
            ScriptedServer.Rejects(429, "rate_limited", ("Retry-After", "0")),
            ScriptedServer.Rejects(503, "database_unavailable", ("Retry-After", "0"))
        );
        using var client = server.Client();

        var problem = await Should.ThrowAsync<ClonesProblemException>(() =>
            client.CreateChallengeAsync(new ChallengeRequest { Address = "a" }, Ct)
        );

        (problem.Status, problem.Code).ShouldBe((503, "database_unavailable"));
        server.Seen.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_wait_that_is_longer_than_the_caller_allows_is_told_instead_of_waited_for()
    {
        await using var server = await ScriptedServer.StartAsync(ScriptedServer.Rejects(429, "rate_limited", ("Retry-After", "120")));
        using var client = server.Client();

        var problem = await Should.ThrowAsync<ClonesProblemException>(() => client.ListTokensAsync(Ct));

        problem.RetryAfter.ShouldBe(TimeSpan.FromMinutes(2));
        server.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Tries_end()
    {
        await using var server = await ScriptedServer.StartAsync([
            .. Enumerable.Repeat((Func<Microsoft.AspNetCore.Http.HttpContext, Task>)ScriptedServer.BreaksOff, 9),
        ]);
        using var client = server.Client(retriesMax: 2);

        await Should.ThrowAsync<HttpRequestException>(() => client.ListTokensAsync(Ct));

        server.Seen.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_in_time_is_a_timeout()
    {
        await using var server = await ScriptedServer.StartAsync(ScriptedServer.IsSilent, ScriptedServer.IsSilent);
        using var client = server.Client(tryTimeout: TimeSpan.FromMilliseconds(300), retriesMax: 1);

        (await Should.ThrowAsync<TimeoutException>(() => client.ListTokensAsync(Ct))).Message.ShouldStartWith("GET /v1/tokens");

        server.Seen.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_caller_who_stops_is_not_told_of_a_timeout()
    {
        await using var server = await ScriptedServer.StartAsync(ScriptedServer.IsSilent);
        using var client = server.Client();
        using var stop = new CancellationTokenSource();
        var asked = client.ListTokensAsync(stop.Token);

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => asked);
    }

    [Fact]
    public async Task The_wait_that_is_asked_for_goes_to_the_API_and_more_than_it_grants_is_rejected_here()
    {
        await using var server = await ScriptedServer.StartAsync(ScriptedServer.Rejects(404, "not_found"));
        using var client = server.Client();

        await Should.ThrowAsync<ClonesProblemException>(() =>
            client.DeployAgentAsync(Guid.NewGuid(), wait: TimeSpan.FromSeconds(1.2), cancellationToken: Ct)
        );
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() =>
            client.DeployAgentAsync(Guid.NewGuid(), wait: TimeSpan.FromSeconds(31), cancellationToken: Ct)
        );

        server.Seen.ShouldHaveSingleItem().Headers["Prefer"].ShouldBe("wait=2");
    }
}
