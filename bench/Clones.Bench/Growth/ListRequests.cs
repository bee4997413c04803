using System.Text.Json;
using Clones.Bench.Acceptance;
using Clones.Bench.Servers;
using Clones.Testing.Growth;
using Npgsql;

namespace Clones.Bench.Growth;

/// <summary>The lists of the API, one request after the other, each for something else.</summary>
internal static class ListRequests
{
    /// <summary>Pages that are read before the one that is measured.</summary>
    private const int DeepPages = 10;

    public static async Task<IReadOnlyDictionary<string, Latencies>> MeasureAsync(
        BenchmarkSystem system,
        NpgsqlDataSource database,
        int requests
    )
    {
        using var client = system.Client(connections: 1, asOperator: true);
        var samples = await SamplesAsync(database, requests);
        var busiest = await BusiestPoolAsync(database);
        var ledger = $"/v1/pools/{busiest}/ledger";
        var lists = new Dictionary<string, Func<Sample, string>>
        {
            ["payments"] = _ => "/v1/payments",
            ["payments?reference="] = s => $"/v1/payments?reference={s.Reference}",
            ["payments?recipient="] = s => $"/v1/payments?recipient={s.Recipient}",
            ["payments?status=FAILED"] = _ => "/v1/payments?status=FAILED",
            ["payments?status=COMPLETED"] = _ => "/v1/payments?status=COMPLETED",
            ["payments?createdFrom=&createdBefore="] = s => $"/v1/payments?createdFrom={s.From}&createdBefore={s.Before}",
            ["payments?trainingPoolId="] = s => $"/v1/payments?trainingPoolId={s.PoolId}",
            ["payments?trainingPoolId= of the busiest"] = _ => $"/v1/payments?trainingPoolId={busiest}",
            ["payments?trainingPoolId=&status=FAILED of the busiest"] = _ => $"/v1/payments?trainingPoolId={busiest}&status=FAILED",
            ["ledger"] = s => $"/v1/pools/{s.PoolId}/ledger",
            ["ledger of the busiest"] = _ => ledger,
            [$"ledger of the busiest, page {DeepPages + 1}"] = Constant(await DeepAsync(client, ledger)),
            ["rewards"] = s => $"/v1/pools/{s.PoolId}/rewards",
            ["rewards?taskId= of the busiest"] = _ => $"/v1/pools/{busiest}/rewards?taskId=task-7",
            ["pools"] = _ => "/v1/pools",
            ["agents"] = _ => "/v1/agents",
            ["agents?status=DEPLOYED"] = _ => "/v1/agents?status=DEPLOYED",
            ["agents?status=FAILED"] = _ => "/v1/agents?status=FAILED",
            ["agents?status=DRAFT"] = _ => "/v1/agents?status=DRAFT",
        };
        var measured = new Dictionary<string, Latencies>();
        foreach (var (name, path) in lists)
        {
            // Compiled code and plans.
            await GetAsync(client, path(samples[0]));
            var latencies = new Latencies();
            foreach (var sample in samples)
            {
                var begin = TimeProvider.System.GetTimestamp();
                await GetAsync(client, path(sample));
                latencies.Add(TimeProvider.System.GetElapsedTime(begin));
            }
            measured.Add(name, latencies);
        }
        measured.Add("export of the busiest", await ExportAsync(client, busiest));
        return measured;

        static Func<Sample, string> Constant(string path) => _ => path;
    }

    private static async Task<Latencies> ExportAsync(HttpClient client, Guid pool)
    {
        var latencies = new Latencies();
        var begin = TimeProvider.System.GetTimestamp();
        await GetAsync(client, $"/v1/payments/export?trainingPoolId={pool}");
        latencies.Add(TimeProvider.System.GetElapsedTime(begin));
        return latencies;
    }

    private static async Task<string> DeepAsync(HttpClient client, string list)
    {
        var path = list;
        for (var page = 0; page < DeepPages; page++)
        {
            var next = JsonElement.Parse(await GetAsync(client, path)).GetProperty("nextCursor").GetString();
            path = next is null ? path : $"{list}?cursor={next}";
        }
        return path;
    }

    private static async Task<string> GetAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path);
        var body = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? body
            : throw new InvalidOperationException($"{path}: {answer.StatusCode} {body[..Math.Min(300, body.Length)]}");
    }

    private static async Task<Guid> BusiestPoolAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand(
            $"SELECT training_pool_id FROM payments WHERE caller = '{GrownDatabase.Caller}' GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
        );
        return (Guid)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<IReadOnlyList<Sample>> SamplesAsync(NpgsqlDataSource database, int count)
    {
        await using var command = database.CreateCommand(
            $"""
            SELECT reference, recipient, training_pool_id, created_at FROM payments
            WHERE caller = '{GrownDatabase.Caller}' ORDER BY md5(id::text) LIMIT {count}
            """
        );
        await using var reader = await command.ExecuteReaderAsync();
        var samples = new List<Sample>();
        while (await reader.ReadAsync())
        {
            var created = reader.GetDateTime(3);
            samples.Add(new(reader.GetString(0), reader.GetString(1), reader.GetGuid(2), $"{created:s}Z", $"{created.AddHours(1):s}Z"));
        }
        return samples;
    }

    private sealed record Sample(string Reference, string Recipient, Guid PoolId, string From, string Before);
}
