using System.Text.RegularExpressions;
using Clones.Api.Auth.ApiKeys;
using Clones.Api.Tests.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;

namespace Clones.Api.Tests;

public sealed partial class ApiKeyCommandTests(ApiFixture api)
{
    [Fact]
    public async Task A_key_is_shown_once_stored_as_a_hash_and_opens_what_its_scopes_say()
    {
        var (code, key, said) = await RunAsync("create", "--name", "payroll", "--scope", "payments:read");

        code.ShouldBe(ApiKeyCommand.Done);
        key.Trim().ShouldStartWith("clones_key_");
        said.ShouldContain("payments:read");
        said.ShouldNotContain(key.Trim());
        using var http = api.KeyClient(key.Trim());
        (await http.GetJsonAsync("/v1/payments")).Status.ShouldBe(200);
        (await http.SendJsonAsync(HttpMethod.Put, "/v1/tokens/ABC", new { mint = "x" })).Status.ShouldBe(403);
        await using var db = api.OpenDatabase();
        (await db.ApiKeys.SingleAsync(k => k.Name == "payroll")).KeyHash.Length.ShouldBe(32);
        (await RunAsync("list")).Output.ShouldNotContain(key.Trim());
    }

    [Fact]
    public async Task A_revoked_key_is_rejected_once_the_command_has_ended()
    {
        var (_, key, said) = await RunAsync("create", "--name", "old service", "--scope", "ops", "--scope", "payments:write");
        var id = Id().Match(said).Value;
        using var http = api.KeyClient(key.Trim());
        (await http.GetJsonAsync("/v1/payments")).Status.ShouldBe(200);

        (await RunAsync("revoke", id)).Code.ShouldBe(ApiKeyCommand.Done);

        (await http.GetJsonAsync("/v1/payments")).Status.ShouldBe(401);
        (await RunAsync("list")).Output.Split('\n').Single(l => l.Contains(id)).ShouldContain("revoked");
        (await RunAsync("revoke", id)).Code.ShouldBe(ApiKeyCommand.Done);
    }

    [Theory]
    [InlineData("--scope", "create", "--name", "x", "--scope", "everything")]
    [InlineData("--name", "create", "--name", "", "--scope", "ops")]
    [InlineData("--name", "create", "--name", "bootstrap operator", "--scope", "ops")]
    [InlineData("--name", "create", "--scope", "ops")]
    [InlineData("--scope", "create", "--name", "x")]
    [InlineData("ID", "revoke", "1")]
    [InlineData("usage", "remove")]
    [InlineData("usage")]
    public async Task What_is_asked_for_wrongly_is_rejected_by_name(string named, params string[] arguments)
    {
        var (code, output, said) = await RunAsync(arguments);

        code.ShouldBe(ApiKeyCommand.Rejected);
        said.ShouldContain(named);
        output.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_key_of_the_environment_is_not_revoked_because_the_next_start_would_bring_it_back()
    {
        await using var db = api.OpenDatabase();
        var id = await db.ApiKeys.Where(k => k.Name == "bootstrap operator").Select(k => k.Id).SingleAsync();

        var (code, _, said) = await RunAsync("revoke", $"{id}");

        code.ShouldBe(ApiKeyCommand.Rejected);
        said.ShouldContain("environment");
        (await RunAsync("revoke", $"{Guid.NewGuid()}")).Code.ShouldBe(ApiKeyCommand.NotDone);
    }

    private async Task<(int Code, string Output, string Said)> RunAsync(params string[] arguments)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:Clones"] = api.Database })
            .Build();
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await ApiCommandLine
            .Create(_ => throw new InvalidOperationException(), _ => { }, configuration)
            .RunAsync(["apikey", .. arguments], output, errors);
        return (code, output.ToString(), errors.ToString());
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f-]{27}")]
    private static partial Regex Id();
}
