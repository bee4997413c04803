using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Clones.Api.Tests.Hosting;

namespace Clones.Api.Tests.Fuzzing;

/// <summary>
/// Twenty thousand malformed requests, made from the OpenAPI document and one seed. CLONES_FUZZ_SEED sets another seed, CLONES_FUZZ_ONLY sends
/// one of its requests alone.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Count = 20_000;
    private const int AtOnce = 16;
    private const int AttemptsMax = 5;

    /// <summary>Long for a machine that has other work, short for a request that is answered without asking anybody.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(20);

    private readonly ApiFixture api = new();

    public ValueTask InitializeAsync() => api.InitializeAsync();

    public ValueTask DisposeAsync() => api.DisposeAsync();

    [Fact]
    public async Task Twenty_thousand_malformed_requests_get_a_problem_each_and_change_nothing()
    {
        var seed = Variable("CLONES_FUZZ_SEED") ?? 20_261_125;
        var only = Variable("CLONES_FUZZ_ONLY");
        using var world = await World.MakeAsync(api);
        var endpoints = FuzzedEndpoint.Of((await world.Anonymous.GetJsonAsync("/openapi/v1.json")).Body);
        var before = await world.StateAsync();
        var wrong = new ConcurrentBag<string>();
        var statuses = new ConcurrentDictionary<int, int>();

        var clock = Stopwatch.StartNew();
        await Parallel.ForEachAsync(
            only is { } one ? [one] : Enumerable.Range(0, Count),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (number, _) =>
            {
                var endpoint = endpoints[number % endpoints.Count];
                var (status, how, complaint) = await AskAsync(world, endpoint, unchecked(seed * 1_000_003 + number));
                statuses.AddOrUpdate(status, 1, (_, n) => n + 1);
                if (complaint is not null)
                {
                    wrong.Add($"CLONES_FUZZ_SEED={seed} CLONES_FUZZ_ONLY={number}: {endpoint.Name}, {how}: {complaint}");
                }
            }
        );

        output.WriteLine(
            $"{Count / clock.Elapsed.TotalSeconds:0} a second: {string.Join(", ", statuses.OrderBy(s => s.Key).Select(s => $"{s.Key} {s.Value}"))}"
        );
        wrong.ShouldBeEmpty($"{wrong.Count} of them, the first:\n{string.Join('\n', wrong.Take(20))}");
        var after = await world.StateAsync();
        foreach (var (table, rows) in before)
        {
            after[table].ShouldBe(rows, $"the table {table} has changed");
        }

        (await world.Anonymous.GetJsonAsync("/health/ready")).Status.ShouldBe(200);
    }

    /// <summary>
    /// A server that rejects what it has not read to its end closes the connection, maybe under the next request, which is sent again then.
    /// </summary>
    private static async Task<(int Status, string How, string? Complaint)> AskAsync(World world, FuzzedEndpoint endpoint, int seed)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (request, how) = new Malformed(new Random(seed), world).For(endpoint);
            using (request)
            {
                try
                {
                    var isAnonymous = request.Options.TryGetValue(Malformed.Anonymous, out var none) && none;
                    var (status, complaint) = await SendAsync(isAnonymous ? world.Anonymous : world.CallerOf(endpoint), request);
                    return (status, how, complaint);
                }
                catch (HttpRequestException e) when (attempt == AttemptsMax)
                {
                    // Rejected by its length, and closed before all of it was sent: that costs the server nothing.
                    return request.Content?.Headers.ContentLength > 512 * 1024
                        ? (413, how, null)
                        : (0, how, $"{e.Message}: {e.InnerException?.Message}");
                }
                catch (HttpRequestException)
                {
                    // Once more.
                }
            }
        }
    }

    private static async Task<(int Status, string? Complaint)> SendAsync(HttpClient http, HttpRequestMessage request)
    {
        using var limit = new CancellationTokenSource(Hang, TimeProvider.System);
        try
        {
            using var response = await http.SendAsync(request, limit.Token);
            var status = (int)response.StatusCode;
            var text = await response.Content.ReadAsStringAsync(limit.Token);
            if (status is < 400 or >= 500)
            {
                return (status, $"{status} {text[..Math.Min(text.Length, 300)]}");
            }

            return (status, Complaint(response.Content.Headers.ContentType?.MediaType, text));
        }
        catch (OperationCanceledException)
        {
            return (0, $"no answer within {Hang}");
        }
    }

    private static string? Complaint(string? mediaType, string text)
    {
        // What the server itself rejects before anything of ours runs (the line of the request, its headers) has no body.
        if (text.Length == 0)
        {
            return null;
        }

        if (mediaType != "application/problem+json")
        {
            return $"an answer of type {mediaType}: {text[..Math.Min(text.Length, 200)]}";
        }

        var problem = JsonNode.Parse(text)!;
        return problem["code"]?.GetValue<string>() is { Length: > 0 } && problem["detail"] is not null
            ? null
            : $"no problem document: {text}";
    }

    private static int? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
