using Clones.Api.Tests.Hosting;
using Clones.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace Clones.Api.Tests.Client;

public sealed class ClientSessionTests(ApiFixture api) : IAsyncLifetime
{
    private Owner owner = null!;
    private int signatures;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => owner = await Owner.SignInAsync(api);

    public ValueTask DisposeAsync()
    {
        owner.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_wallet_signs_in_once_for_all_calls_even_where_many_come_at_once()
    {
        using var client = api.ClientWith(Session());
        signatures.ShouldBe(0);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.ListPoolsAsync(cancellationToken: Ct)));

        signatures.ShouldBe(1);
    }

    [Fact]
    public async Task A_session_is_renewed_before_its_token_expires_without_another_signature()
    {
        var time = new FakeTimeProvider();
        using var client = api.ClientWith(Session(), time);
        for (var i = 0; i < 3; i++)
        {
            await client.ListPoolsAsync(cancellationToken: Ct);
            time.Advance(TimeSpan.FromSeconds(871));
        }

        signatures.ShouldBe(1);
    }

    [Fact]
    public async Task A_wallet_signs_again_where_the_session_was_ended_behind_its_back()
    {
        using var client = api.ClientWith(Session());
        await client.ListPoolsAsync(cancellationToken: Ct);
        await EndSessionsAsync();

        await client.ListPoolsAsync(cancellationToken: Ct);

        signatures.ShouldBe(2);
    }

    [Fact]
    public async Task A_signature_of_another_wallet_is_rejected()
    {
        using var other = await Owner.SignInAsync(api);
        using var client = api.ClientWith(ClonesCredentials.Wallet(owner.Address, (message, _) => other.SignAsync(message)));

        var problem = await Should.ThrowAsync<ClonesProblemException>(() => client.ListPoolsAsync(cancellationToken: Ct));

        (problem.Status, problem.Code).ShouldBe((401, "sign_in_refused"));
    }

    [Fact]
    public async Task A_token_that_is_not_good_is_rejected_and_nobody_asks_twice()
    {
        using var client = api.ClientWith(ClonesCredentials.BearerToken("abc.def.ghi"));

        (await Should.ThrowAsync<ClonesProblemException>(() => client.ListPoolsAsync(cancellationToken: Ct))).Code.ShouldBe(
            "authentication_required"
        );
    }

    [Theory]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(OperationCanceledException))]
    [InlineData(typeof(HttpRequestException))]
    public async Task A_wallet_that_does_not_sign_stops_the_call_and_the_next_one_asks_it_again(Type failure)
    {
        var (isWilling, asked) = (false, 0);
        using var client = api.ClientWith(
            ClonesCredentials.Wallet(
                owner.Address,
                (message, _) =>
                {
                    asked++;
                    return isWilling
                        ? owner.SignAsync(message)
                        : throw (Exception)Activator.CreateInstance(failure, "The person said no.")!;
                }
            )
        );

        var rejection = await Should.ThrowAsync<ClonesSigningException>(() => client.ListPoolsAsync(cancellationToken: Ct));
        rejection.InnerException.ShouldBeOfType(failure);
        asked.ShouldBe(1);
        isWilling = true;
        await client.ListPoolsAsync(cancellationToken: Ct);
    }

    [Fact]
    public async Task A_token_that_is_rejected_before_its_time_is_renewed_without_a_signature_and_the_call_is_made_again()
    {
        await using var server = await ScriptedServer.StartAsync(
            ScriptedServer.Says(200, "application/json", Challenge),
            ScriptedServer.Says(200, "application/json", Token("first")),
            ScriptedServer.Rejects(401, "authentication_required"),
            ScriptedServer.Says(200, "application/json", Token("second")),
            ScriptedServer.Says(200, "application/json", "{\"items\":[],\"nextCursor\":null}")
        );
        using var client = new ClonesClient(new ClonesClientOptions { BaseAddress = server.Address, Credentials = Session() });

        await client.ListTokensAsync(Ct);

        signatures.ShouldBe(1);
        server
            .Seen.Select(s => (s.Path, s.Headers.GetValueOrDefault("Authorization")))
            .ShouldBe([
                ("/v1/auth/challenge", null),
                ("/v1/auth/token", null),
                ("/v1/tokens", "Bearer first"),
                ("/v1/auth/refresh", null),
                ("/v1/tokens", "Bearer second"),
            ]);
    }

    [Fact]
    public async Task A_person_may_take_longer_to_sign_than_the_API_to_answer()
    {
        var time = new FakeTimeProvider();
        var credentials = ClonesCredentials.Wallet(
            owner.Address,
            (message, stop) =>
            {
                time.Advance(TimeSpan.FromMinutes(2));
                stop.IsCancellationRequested.ShouldBeFalse();
                return owner.SignAsync(message);
            }
        );
        using var client = api.ClientWith(credentials, time);

        (await client.ListPoolsAsync(cancellationToken: Ct)).Items.ShouldBeEmpty();
    }

    private const string Challenge = """
        {"message":"m","nonce":"n","issuedAt":"2026-11-25T12:00:00+00:00","expiresAt":"2026-11-25T12:05:00+00:00"}
        """;

    private static string Token(string token) =>
        $$"""
            {"accessToken":"{{token}}","tokenType":"Bearer","expiresIn":900,"expiresAt":"2026-11-25T12:15:00+00:00","address":"a",
            "refreshToken":"r-{{token}}","sessionExpiresAt":"2026-12-25T12:00:00+00:00"}
            """;

    private ClonesCredentials Session() =>
        ClonesCredentials.Wallet(
            owner.Address,
            (message, _) =>
            {
                Interlocked.Increment(ref signatures);
                return owner.SignAsync(message);
            }
        );

    /// <summary>As sign-out from another place does.</summary>
    private async Task EndSessionsAsync()
    {
        await using var db = api.OpenDatabase();
        await db
            .SignInSessions.Where(s => s.Address == owner.Address && s.EndedAt == null)
            .ExecuteUpdateAsync(s => s.SetProperty(p => p.EndedAt, DateTimeOffset.UnixEpoch), Ct);
    }
}
