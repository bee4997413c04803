using Clones.Client;
using Microsoft.AspNetCore.Http;

namespace Clones.Api.Tests.Client;

public sealed class ClientBadAnswerTests
{
    private const string Key = "key-that-must-not-be-told-0123456789";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("text/html", "<html>Bad gateway</html>")]
    [InlineData("application/problem+json", "{\"code\":\"cut o")]
    [InlineData("application/problem+json", "[]")]
    [InlineData("application/json", "{\"code\":\"not_a_problem_document\"}")]
    public async Task A_rejection_that_is_no_problem_document_is_one_without_a_code_of_ours(string type, string body)
    {
        await using var server = await ScriptedServer.StartAsync(ScriptedServer.Says(502, type, body));
        using var client = server.Client(Key);

        var problem = await Should.ThrowAsync<ClonesProblemException>(() => client.ListTokensAsync(Ct));

        (problem.Status, problem.Code).ShouldBe((502, ClonesProblemException.NoProblemDocument));
        problem.Errors.ShouldBeEmpty();
        problem.ToString().ShouldNotContain(Key);
    }

    [Fact]
    public async Task Members_of_a_problem_that_have_another_type_than_expected_are_read_over()
    {
        const string Odd = """{"code":7,"detail":null,"errors":{"amount":["too small",1],"x":"y"},"permittedEvents":["CANCEL",2]}""";
        await using var server = await ScriptedServer.StartAsync(ScriptedServer.Says(409, "application/problem+json", Odd));
        using var client = server.Client();

        var problem = await Should.ThrowAsync<ClonesProblemException>(() => client.ListTokensAsync(Ct));

        problem.Errors["amount"].ShouldBe(["too small"]);
        problem.Errors["x"].ShouldBeEmpty();
        problem.PermittedEvents.ShouldBe(["CANCEL"]);
    }

    [Theory]
    [InlineData("text/html", "<html>Please log in to the hotel's network</html>", "text/html")]
    [InlineData("application/json", "{\"items\":[", "items")]
    [InlineData("application/json", "null", "null")]
    [InlineData("application/json", "{\"items\":[]}", "nextCursor")]
    [InlineData("application/json", "{\"items\":{},\"nextCursor\":null}", "items")]
    public async Task A_success_that_cannot_be_used_says_why(string type, string body, string reason)
    {
        await using var server = await ScriptedServer.StartAsync(ScriptedServer.Says(200, type, body));
        using var client = server.Client(Key);

        var failure = await Should.ThrowAsync<ClonesAnswerException>(() => client.ListTokensAsync(Ct));

        failure.Message.ShouldContain("GET /v1/tokens answered 200");
        failure.Message.ShouldContain(reason);
        failure.ToString().ShouldNotContain(Key);
    }

    [Fact]
    public async Task An_answer_that_is_cut_off_is_asked_for_again()
    {
        await using var server = await ScriptedServer.StartAsync(
            async context =>
            {
                context.Response.ContentType = "application/json";
                context.Response.ContentLength = 1_000;
                await context.Response.WriteAsync("{\"items\":");
                context.Abort();
            },
            ScriptedServer.Says(200, "application/json", "{\"items\":[],\"nextCursor\":null}")
        );
        using var client = server.Client();

        (await client.ListTokensAsync(Ct)).Items.ShouldBeEmpty();

        server.Seen.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_redirection_does_not_carry_the_key_to_another_place()
    {
        await using var elsewhere = await ScriptedServer.StartAsync();
        await using var server = await ScriptedServer.StartAsync(
            ScriptedServer.Says(307, "text/plain", "", ("Location", elsewhere.Address.ToString()))
        );
        using var client = server.Client(Key);

        (await Should.ThrowAsync<ClonesProblemException>(() => client.ListTokensAsync(Ct))).Status.ShouldBe(307);

        elsewhere.Seen.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    public void A_symbol_that_leads_elsewhere_is_rejected_before_anything_is_sent(string symbol)
    {
        using var client = new ClonesClient(new ClonesClientOptions { BaseAddress = new Uri("http://127.0.0.1:1") });

        Should
            .Throw<ArgumentException>(() => client.PutTokenAsync(symbol, new ListTokenRequest { Mint = "m" }, Ct))
            .Message.ShouldContain("symbol");
    }

    [Fact]
    public void A_base_address_that_is_none_and_an_empty_key_are_rejected_at_once()
    {
        Should.Throw<ArgumentException>(() => new ClonesClient(new ClonesClientOptions { BaseAddress = new Uri("file:///v1") }));
        Should.Throw<ArgumentException>(() => ClonesCredentials.ApiKey(" "));
        ClonesCredentials.ApiKey(Key).ToString()!.ShouldNotContain(Key);
    }
}
