using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using Clones.Testing;

namespace Clones.EndToEnd.Tests;

/// <summary>API and workers as processes whose preferred node rejects them; two good ones stand behind it.</summary>
public sealed class RejectingNodeTests : IAsyncLifetime
{
    private const int SlotMs = 50;
    private const string WrappedSol = "So11111111111111111111111111111111111111112";
    private const ulong Sol = 1_000_000_000;

    private readonly PostgresFixture postgres = new();
    private readonly RabbitMqFixture rabbitMq = new();
    private readonly LocalnetFixture localnet = new();
    private readonly RejectingNode rejecting = new();
    private readonly HttpClient http = new();
    private readonly string operatorKey = Hosts.Secret();
    private readonly string serviceKey = Hosts.Secret();
    private readonly List<string> told = [];
    private LeashedProcess? api;
    private LeashedProcess? workers;
    private Uri apiUrl = null!;
    private Uri workersUrl = null!;
    private Uri good = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        good = await localnet.StartAsync(SlotMs, "--fronts", "2");
        var other = new UriBuilder(good) { Port = good.Port + 2 }.Uri;
        var common = new Dictionary<string, string?>
        {
            ["ConnectionStrings__Clones"] = await postgres.CreateDatabaseAsync(),
            ["RABBITMQ_URL"] = (await rabbitMq.CreateVirtualHostAsync()).Amqp.ToString(),
            ["SOLANA_RPC_URLS"] = $"{rejecting.Url},{good},{other}",
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["CLONES_WEBHOOK_SECRET"] = Hosts.Secret(),
            ["Funds__PassEvery"] = "00:00:00.500",
            ["Funds__WaitingEvery"] = "00:00:01",
        };
        (apiUrl, workersUrl) = (FreePort.Url(), FreePort.Url());
        var ofWorkers = new Dictionary<string, string?>(common)
        {
            ["ASPNETCORE_URLS"] = workersUrl.ToString(),
            ["DEPOSIT_KEY_ENCRYPTION_SECRET"] = Hosts.Secret(),
            ["DEPOSIT_KEY_ENCRYPTION_SALT"] = Hosts.Secret(),
        };
        await using (var migration = LeashedProcess.Start(["dotnet", Hosts.PathOf("Clones.Workers"), "migrate"], ofWorkers))
        {
            using var limit = new CancellationTokenSource(Hosts.ReadyLimit);
            (await migration.WaitAsync(limit.Token)).ShouldBe(0, migration.Output);
        }

        workers = LeashedProcess.Start(["dotnet", Hosts.PathOf("Clones.Workers")], ofWorkers);
        api = LeashedProcess.Start(
            ["dotnet", Hosts.PathOf("Clones.Api")],
            new Dictionary<string, string?>(common)
            {
                ["ASPNETCORE_URLS"] = apiUrl.ToString(),
                ["CLONES_AUTH_TOKEN_KEY"] = Hosts.Secret(),
                ["CLONES_OPERATOR_API_KEY"] = operatorKey,
                ["CLONES_SERVICE_API_KEY"] = serviceKey,
            }
        );
        await Task.WhenAll(Hosts.UntilReadyAsync(workersUrl, workers), Hosts.UntilReadyAsync(apiUrl, api));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in (LeashedProcess?[])[api, workers])
        {
            await (process?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
        http.Dispose();
        rejecting.Dispose();
        await localnet.DisposeAsync();
        await rabbitMq.DisposeAsync();
        await postgres.DisposeAsync();
    }

    [Fact]
    public async Task Row_33_a_first_node_that_rejects_stops_nothing_and_only_operators_are_told_of_it()
    {
        using var owner = await SignedInOwner.SignInAsync(apiUrl, Cancel);
        var pool = await owner.PostAsync(
            "/v1/pools",
            new
            {
                name = "Rejected",
                tokenSymbol = "SOL",
                pricePerDemo = "0.001",
            },
            "pool",
            Cancel
        );
        var poolId = pool.GetProperty("id").GetGuid();
        var wallet = PublicKey.Parse(pool.GetProperty("depositAddress").GetString()!);

        var token = await AskAsync(HttpMethod.Put, "/v1/tokens/WSOL", operatorKey, new { mint = WrappedSol });
        token.Status.ShouldBe(HttpStatusCode.OK, token.Body.ToString());
        var waits = await PayAsync(poolId, "waits", "wait");
        waits.Status.ShouldBe(HttpStatusCode.Accepted, waits.Body.ToString());
        waits.Body.GetProperty("status").GetString().ShouldBe("WAITING_FOR_FUNDS");
        waits.Body.GetProperty("reason").GetString().ShouldStartWith("insufficient_");

        var bystander = new SolanaRpcClient(http, good);
        await bystander.RequestAirdropAsync(wallet, Sol, Cancel);
        await UntilAsync(async () => (await bystander.GetBalanceAsync(wallet, cancellationToken: Cancel)).Value > 0);
        var pays = await PayAsync(poolId, "pays", "reject");
        pays.Status.ShouldBe(HttpStatusCode.Accepted, pays.Body.ToString());
        foreach (var payment in (JsonElement[])[waits.Body, pays.Body])
        {
            var path = $"/v1/payments/{payment.GetProperty("id").GetGuid()}";
            await UntilAsync(async () =>
                (await AskAsync(HttpMethod.Get, path, serviceKey)).Body.GetProperty("status").GetString() == "COMPLETED"
            );
            await AskAsync(HttpMethod.Get, $"{path}/attempts", serviceKey);
        }

        rejecting.Asked.ShouldBeGreaterThan(0);
        told.ShouldAllBe(text => !text.Contains("rejecting-provider") && !text.Contains($":{rejecting.Url.Port}"));
        foreach (var (url, key) in (IEnumerable<(Uri, string?)>)[(apiUrl, operatorKey), (workersUrl, null)])
        {
            var nodes = (await AskAsync(HttpMethod.Get, "/health/nodes", key, from: url)).Body;
            nodes[0].GetProperty("endpoint").GetString().ShouldBe($"http://127.0.0.1:{rejecting.Url.Port}");
            nodes[0].GetProperty("consecutiveFailures").GetInt32().ShouldBeGreaterThan(0);
            nodes[0].GetProperty("lastFailure").GetString()!.ShouldContain(RejectingNode.Words);
            nodes[1].GetProperty("consecutiveFailures").GetInt32().ShouldBe(0);
        }
        workers!.Output.ShouldContain(RejectingNode.Words);
        (await AskAsync(HttpMethod.Get, "/health/nodes", serviceKey)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await AskAsync(HttpMethod.Get, "/health/nodes", null)).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> PayAsync(Guid poolId, string key, string onInsufficientFunds)
    {
        using var recipient = Account.Generate();
        return AskAsync(
            HttpMethod.Post,
            "/v1/payments",
            serviceKey,
            new
            {
                trainingPoolId = poolId,
                recipient = recipient.PublicKey.ToString(),
                amount = "0.01",
                onInsufficientFunds,
            },
            key
        );
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(
        HttpMethod method,
        string path,
        string? apiKey,
        object? body = null,
        string? key = null,
        Uri? from = null
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(from ?? apiUrl, path));
        request.Content = body is null ? null : JsonContent.Create(body);
        if (apiKey is not null)
        {
            request.Headers.Add("X-API-Key", apiKey);
        }
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }
        using var answer = await http.SendAsync(request, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        if (path != "/health/nodes")
        {
            told.Add(text);
        }
        return (answer.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text));
    }

    private async Task UntilAsync(Func<Task<bool>> look)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(90));
        while (!await look())
        {
            limit.IsCancellationRequested.ShouldBeFalse($"{string.Join('\n', told.TakeLast(3))}\n{workers!.Output}");
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Cancel);
        }
    }
}
