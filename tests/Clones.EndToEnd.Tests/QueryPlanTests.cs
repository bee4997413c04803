using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Clones.Testing;
using Clones.Testing.Growth;
using Npgsql;

namespace Clones.EndToEnd.Tests;

/// <summary>
/// No statement reads a table through that grows. The hosts themselves run on a grown database, and PostgreSQL tells how it has run what they asked:
/// no statement is copied here, and one that is added tomorrow is seen too.
/// </summary>
[Collection<RunningSystemCollection>]
public sealed class QueryPlanTests(RunningSystem system)
{
    /// <summary>Of a table in one statement; the largest group of anything is 1,000, and a page is smaller.</summary>
    private const double RowsReadMax = 3_000;

    /// <summary>A smaller table is read as a whole because that is faster.</summary>
    private const int GrownFrom = 1_000;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    /// <summary>What reads a table through, by a part of its text, and why it may.</summary>
    private static readonly (string Part, string Why)[] Exempt =
    [
        ("nobody asks for this", "The other test asks for it."),
        ("GROUP BY w.to_key", "EncryptionLimitWatch counts what each master key has encrypted, every six hours, in an index."),
        ("wallet_comparisons AS w ON d.id = w.wallet_id", "While the signing fence is raised, each wallet is due."),
    ];

    [Fact]
    public async Task No_statement_of_the_hosts_reads_through_a_table_that_grows()
    {
        system.MainJob.ExitCode.ShouldBe(0, system.MainJob.Output + system.Logs[^Math.Min(5_000, system.Logs.Length)..]);
        using var limit = new CancellationTokenSource(Limit);
        await PayManyAsync(limit.Token);
        await AskForEverythingAsync(limit.Token);
        await RaiseFenceAsync(limit.Token);

        var plans = await system.PlansAsync();
        var grown = await GrownTablesAsync(limit.Token);
        plans.Count.ShouldBeGreaterThan(1_000);
        foreach (var table in (string[])["payments", "transactions", "wallet_movements", "inbox_state", "agents", "webhook_deliveries"])
        {
            grown.ShouldContain(table);
        }
        var violations = Violations(plans, grown).ToList();
        Assert.True(violations.Count == 0, string.Join("\n\n", violations));
    }

    [Fact]
    public async Task A_statement_that_reads_through_a_table_is_seen()
    {
        using var limit = new CancellationTokenSource(Limit);
        const string scan = "SELECT count(*) FROM payments WHERE reason = 'nobody asks for this'";
        await using (var database = NpgsqlDataSource.Create(system.Database))
        {
            await using var command = database.CreateCommand(scan);
            await command.ExecuteScalarAsync(limit.Token);
        }
        var grown = await GrownTablesAsync(limit.Token);

        var seen = (await system.PlansAsync()).Where(p => p.Statement == scan).SelectMany(p => ScansThrough(p, grown)).ToList();

        seen.ShouldHaveSingleItem().Table.ShouldBe("payments");
    }

    private static IEnumerable<string> Violations(IEnumerable<LoggedPlan> plans, HashSet<string> grown) =>
        plans
            .Where(p => !Exempt.Any(e => p.Statement.Contains(e.Part, StringComparison.Ordinal)))
            .SelectMany(p => ScansThrough(p, grown), (p, scan) => (p.Statement, scan.Table, scan.Node, scan.RowsRead))
            .GroupBy(v => (v.Statement, v.Table, v.Node))
            .Select(g => $"{g.Key.Node} of {g.Key.Table}, {g.Max(v => v.RowsRead):0} rows, {g.Count()} times:\n{g.Key.Statement}");

    private static IEnumerable<PlanScan> ScansThrough(LoggedPlan plan, HashSet<string> grown) =>
        plan.Scans.Where(s => grown.Contains(s.Table) && s.RowsRead > (s.Node == "Seq Scan" ? 1 : RowsReadMax));

    /// <summary>
    /// Every GET of the API's own description, with each of its parameters and each two of them, by a key that sees all and by an owner; of lists two
    /// pages.
    /// </summary>
    private async Task AskForEverythingAsync(CancellationToken cancellationToken)
    {
        using var owner = await SignedInOwner.SignInAsync(system.ApiUrl, cancellationToken);
        using var key = new HttpClient { BaseAddress = system.ApiUrl };
        key.DefaultRequestHeaders.Add("X-Api-Key", system.OperatorApiKey);
        var samples = await SamplesAsync(cancellationToken);
        var document = JsonElement.Parse(await File.ReadAllTextAsync(Repository.PathOf("docs", "openapi.json"), cancellationToken));
        foreach (var path in document.GetProperty("paths").EnumerateObject().Where(p => p.Value.TryGetProperty("get", out _)))
        {
            // A stream of events ends with its reader.
            if (path.Name.EndsWith("/events"))
            {
                continue;
            }
            var filled = path.Name.Replace("{id}", samples[path.Name.Split('/')[2]]).Replace("{deliveryId}", samples["deliveryId"]);
            foreach (var query in QueriesOf(path.Value.GetProperty("get"), samples, pairs: !path.Name.EndsWith("/export")))
            {
                await AskAsync(key, filled.Replace("{kind}", "token"), query, cancellationToken);
                await AskAsync(owner.Http, filled.Replace("{kind}", "token"), query, cancellationToken);
            }
        }
    }

    private static IEnumerable<string> QueriesOf(JsonElement get, Dictionary<string, string> samples, bool pairs)
    {
        var parameters = get.TryGetProperty("parameters", out var all) ? all.EnumerateArray().ToList() : [];
        var filters = parameters
            .Where(p => p.GetProperty("in").GetString() == "query")
            .Select(p => (Name: p.GetProperty("name").GetString()!, Schema: p.GetProperty("schema")))
            .Where(p => p.Name is not ("limit" or "cursor" or "format" or "agent"))
            .Select(p =>
                p.Schema.TryGetProperty("enum", out var values)
                    ? values.EnumerateArray().Select(v => $"{p.Name}={v.GetString()}").ToList()
                    : [$"{p.Name}={Uri.EscapeDataString(samples[p.Name])}"]
            )
            .ToList();
        return
        [
            "",
            .. filters.SelectMany(f => f),
            .. pairs ? filters.SelectMany((f, i) => filters.Skip(i + 1).SelectMany(g => f.SelectMany(a => g.Select(b => $"{a}&{b}")))) : [],
        ];
    }

    private static async Task AskAsync(HttpClient http, string path, string query, CancellationToken cancellationToken)
    {
        using var answer = await http.GetAsync($"{path}?{query}", cancellationToken);
        var body = await answer.Content.ReadAsStringAsync(cancellationToken);
        // An owner sees nothing of others, and a fresh one has nothing.
        answer.StatusCode.ShouldBeOneOf([HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.Forbidden], $"{path}?{query}: {body}");
        if (body.StartsWith('{') && JsonElement.Parse(body).TryGetProperty("nextCursor", out var cursor) && cursor.GetString() is { } next)
        {
            using var second = await http.GetAsync($"{path}?{query}&cursor={next}", cancellationToken);
            second.StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    /// <summary>What to ask for: of the pool that has paid most, so that what depends on its history shows.</summary>
    private async Task<Dictionary<string, string>> SamplesAsync(CancellationToken cancellationToken)
    {
        await using var database = NpgsqlDataSource.Create(system.UnloggedDatabase);
        await using var command = database.CreateCommand(
            $"""
            SELECT p.training_pool_id, p.id, p.recipient, p.reference, r.submission_id, r.submitter, r.task_id,
                p.created_at - interval '1 day', p.created_at + interval '1 day', a.id, w.id, d.id, o.id
            FROM (SELECT training_pool_id AS id FROM payments WHERE caller = '{GrownDatabase.Caller}' GROUP BY 1 ORDER BY count(*) DESC LIMIT 1) b
                CROSS JOIN LATERAL (SELECT * FROM payments WHERE training_pool_id = b.id ORDER BY id DESC LIMIT 1) p
                CROSS JOIN LATERAL (SELECT * FROM reward_decisions WHERE training_pool_id = b.id LIMIT 1) r
                CROSS JOIN LATERAL (SELECT * FROM agents WHERE training_pool_id = b.id) a
                CROSS JOIN LATERAL (
                    SELECT endpoint_id AS id FROM webhook_deliveries WHERE status = 'DELIVERED' GROUP BY 1 ORDER BY count(*) DESC LIMIT 1) w
                CROSS JOIN LATERAL (SELECT id FROM webhook_deliveries WHERE endpoint_id = w.id LIMIT 1) d
                CROSS JOIN LATERAL (SELECT id FROM operations WHERE agent_id = a.id LIMIT 1) o
            """
        );
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        (await row.ReadAsync(cancellationToken)).ShouldBeTrue();
        string[] names =
        [
            "pools",
            "payments",
            "recipient",
            "reference",
            "submissionId",
            "submitter",
            "taskId",
            "createdFrom",
            "createdBefore",
            "agents",
            "webhooks",
            "deliveryId",
            "operations",
        ];
        var samples = names
            .Select((name, i) => (name, row.GetValue(i)))
            .ToDictionary(s => s.name, s => s.Item2 is DateTime time ? $"{time:yyyy-MM-ddTHH:mm:ssZ}" : $"{s.Item2}");
        samples["trainingPoolId"] = samples["pools"];
        samples["tokens"] = "";
        return samples;
    }

    /// <summary>Until they are completed, by the pool that the main job has filled: lists of hundreds are planned otherwise than lists of ten.</summary>
    private async Task PayManyAsync(CancellationToken cancellationToken)
    {
        const int BatchMax = 500;
        await using var database = NpgsqlDataSource.Create(system.UnloggedDatabase);
        await using var lastReward = database.CreateCommand(
            $"SELECT training_pool_id, recipient FROM payments WHERE caller <> '{GrownDatabase.Caller}' AND kind = 'REWARD' ORDER BY id DESC LIMIT 1"
        );
        await using var completed = database.CreateCommand(
            "SELECT count(*) FROM payments WHERE reference = 'many' AND status = 'COMPLETED'"
        );
        using var service = new HttpClient { BaseAddress = system.ApiUrl };
        service.DefaultRequestHeaders.Add("X-Api-Key", system.ServiceApiKey);
        var (pool, recipient) = await ReadAsync();
        using var answer = await service.PostAsJsonAsync(
            "/v1/payments/batch",
            new
            {
                payments = Enumerable
                    .Range(0, BatchMax)
                    .Select(i => new
                    {
                        idempotencyKey = $"many-{i}",
                        trainingPoolId = pool,
                        recipient,
                        amount = "0.001",
                        reference = "many",
                    })
                    .ToArray(),
            },
            cancellationToken
        );
        (await answer.Content.ReadAsStringAsync(cancellationToken)).ShouldContain($"\"accepted\":{BatchMax}");
        while ((long)(await completed.ExecuteScalarAsync(cancellationToken))! < BatchMax)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellationToken);
        }

        async Task<(Guid, string)> ReadAsync()
        {
            await using var row = await lastReward.ExecuteReaderAsync(cancellationToken);
            (await row.ReadAsync(cancellationToken)).ShouldBeTrue();
            return (row.GetGuid(0), row.GetString(1));
        }
    }

    /// <summary>As an operator does after a restore: workers compare wallets with the chain until they are told to stop.</summary>
    private async Task RaiseFenceAsync(CancellationToken cancellationToken)
    {
        await system.RunCommandAsync("fence", "raise", "the plans of a restore");
        await using var database = NpgsqlDataSource.Create(system.UnloggedDatabase);
        await using var command = database.CreateCommand("SELECT count(*) FROM wallet_comparisons WHERE raising IS NOT NULL");
        while ((long)(await command.ExecuteScalarAsync(cancellationToken))! < 100)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Those with so many rows that reading all of them is no plan.</summary>
    private async Task<HashSet<string>> GrownTablesAsync(CancellationToken cancellationToken)
    {
        await using var database = NpgsqlDataSource.Create(system.UnloggedDatabase);
        await using var command = database.CreateCommand($"SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= {GrownFrom}");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var tables = new HashSet<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            tables.Add(reader.GetString(0));
        }
        return tables;
    }
}
