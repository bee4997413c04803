using System.Text;
using System.Text.Json.Nodes;
using Clones.Api.Tests.Hosting;
using Clones.Solana.Primitives;
using Clones.Testing;

namespace Clones.Api.Tests.Fuzzing;

/// <summary>An owner with a pool, an agent and a payment, on a system of its own, so that every change of its state is the fuzzer's.</summary>
internal sealed class World(
    ApiFixture api,
    Owner owner,
    Guid poolId,
    Guid agentId,
    Guid paymentId,
    string symbol,
    Guid webhookId,
    Guid deliveryId
) : IDisposable
{
    private readonly HttpClient operators = Client(api.Address, "X-Api-Key", ApiFixture.OperatorKey);
    private readonly HttpClient services = Client(api.Address, "X-Api-Key", ApiFixture.ServiceKey);
    private readonly HttpClient owners = Client(api.Address, "Authorization", $"{owner.Http.DefaultRequestHeaders.Authorization}");

    public HttpClient Anonymous { get; } = Client(api.Address, "Accept", "*/*");

    public static async Task<World> MakeAsync(ApiFixture api)
    {
        var owner = await Owner.SignInAsync(api);
        var token = await api.ListTokenAsync();
        var (poolId, wallet) = await api.CreateFundedPoolAsync(owner, token);
        var agentId = await api.CreateAgentAsync(owner, poolId, "PENDING_TOKEN_SIGNATURE");
        await api.PrepareAsync(agentId, poolId, owner, wallet);
        var payment = await PaymentTests.PayAsync(owner.Http, PaymentTests.Body(poolId, "1"), "before the fuzzer");
        var (webhookId, deliveryId) = await WebhookTests.RegisterAndTestAsync(owner);
        return new World(api, owner, poolId, agentId, payment.Id, token.Symbol, webhookId, deliveryId);
    }

    /// <summary>Somebody who may do what the endpoint is for: what is rejected is rejected for its form.</summary>
    public HttpClient CallerOf(FuzzedEndpoint endpoint) =>
        endpoint.Path.Split('/')[2] switch
        {
            "tokens" => operators,
            "events" => services,
            _ => owners,
        };

    public string IdFor(FuzzedEndpoint endpoint) =>
        endpoint.Path.Split('/')[2] switch
        {
            "pools" => $"{poolId}",
            "agents" => $"{agentId}",
            "payments" => $"{paymentId}",
            "webhooks" => $"{webhookId}",
            _ => $"{Guid.Empty}",
        };

    public Guid DeliveryId => deliveryId;

    /// <summary>A body that the endpoint would take; the fuzzer spoils it.</summary>
    public JsonObject BodyOf(FuzzedEndpoint endpoint) =>
        endpoint.BodySchema switch
        {
            "ChallengeRequest" => new JsonObject { ["address"] = owner.Address },
            "RefreshRequest" => new JsonObject { ["refreshToken"] = "111" },
            "TokenRequest" => new JsonObject { ["message"] = "m", ["signature"] = $"{owner.Wallet.Sign("m"u8)}" },
            "CreatePoolRequest" => new JsonObject
            {
                ["name"] = "Fuzzed",
                ["tokenSymbol"] = symbol,
                ["pricePerDemo"] = "1",
            },
            "ChangePoolRequest" => new JsonObject { ["name"] = "Fuzzed" },
            "CreateAgentRequest" => JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(StandIn.AgentBody(poolId)))!.AsObject(),
            "ChangeAgentRequest" => new JsonObject { ["name"] = "Fuzzed" },
            "CreatePaymentRequest" => Payment(),
            "PaymentBatchRequest" => new JsonObject { ["payments"] = new JsonArray(Payment(key: "fuzzed")), ["allOrNothing"] = true },
            "WithdrawalRequest" => new JsonObject
            {
                ["recipient"] = Stranger(),
                ["amount"] = "1",
                ["tokenSymbol"] = symbol,
            },
            "SignedTransactionRequest" => new JsonObject { ["transaction"] = Convert.ToBase64String(new byte[200]) },
            "SubmissionGradedRequest" => new JsonObject
            {
                ["submissionId"] = "fuzzed",
                ["trainingPoolId"] = $"{poolId}",
                ["submitter"] = Stranger(),
                ["score"] = 80,
            },
            "CreateWebhookRequest" => new JsonObject { ["url"] = "https://hooks.example.org/fuzzed", ["enabled"] = true },
            "ChangeWebhookRequest" => new JsonObject { ["description"] = "Fuzzed" },
            "ListTokenRequest" => new JsonObject { ["mint"] = Stranger() },
            var other => throw new InvalidOperationException($"The fuzzer does not know {other} of {endpoint.Name} yet."),
        };

    /// <summary>Every row of every table, as one text each; what the database keeps for itself is left out.</summary>
    public Task<IReadOnlyDictionary<string, string>> StateAsync() => TableStates.ReadAsync(api.Database);

    public void Dispose()
    {
        owner.Dispose();
        operators.Dispose();
        services.Dispose();
        owners.Dispose();
        Anonymous.Dispose();
    }

    /// <summary>Sends every byte that a header can be given, where the usual client rejects what is not ASCII.</summary>
    private static HttpClient Client(Uri address, string header, string value)
    {
        var http = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1 })
        {
            BaseAddress = address,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        http.DefaultRequestHeaders.TryAddWithoutValidation(header, value);
        return http;
    }

    private JsonObject Payment(string? key = null)
    {
        var payment = new JsonObject
        {
            ["trainingPoolId"] = $"{poolId}",
            ["recipient"] = Stranger(),
            ["amount"] = "1",
        };
        if (key is not null)
        {
            payment["idempotencyKey"] = key;
        }

        return payment;
    }

    private static string Stranger()
    {
        using var account = Account.FromSeed(new byte[32]);
        return account.PublicKey.ToString();
    }
}
