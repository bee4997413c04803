using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Clones.EndToEnd.Tests.Leaks;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using Clones.Testing;

namespace Clones.EndToEnd.Tests;

/// <summary>The demo is the judge: it ends with 0 only if every transaction is found exactly once on the chain and the database agrees.</summary>
[Collection<RunningSystemCollection>]
public sealed class MainJobTests(RunningSystem system)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task The_main_job_runs_and_leaves_every_queue_drained()
    {
        system.MainJob.ExitCode.ShouldBe(0, system.MainJob.Output + LastLogs);
        using var limit = new CancellationTokenSource(Limit);

        var queues = await QueuesAsync(limit.Token);
        foreach (var expected in (string[])["agent-lifecycle", "prepare-transactions", "broadcast-transaction", "submission-graded"])
        {
            queues.ShouldContainKey(expected);
        }
        queues.Where(q => q.Key.EndsWith("_error") || q.Key.EndsWith("_skipped")).Where(q => q.Value > 0).ShouldBeEmpty();
    }

    [Fact]
    public void Workers_killed_in_the_middle_of_the_rewards_do_not_change_its_table()
    {
        system.WorkersDiedMeanwhile.ShouldBeTrue(system.MainJob.Output);
        system.MainJob.ExitCode.ShouldBe(0, system.MainJob.Output + LastLogs);
    }

    [Fact]
    public async Task No_private_key_is_found_in_logs_queues_or_database()
    {
        using var limit = new CancellationTokenSource(Limit);
        var keys = await StoredKeys.OpenAllAsync(system);
        keys.Count.ShouldBeGreaterThan(1);
        var places = new Dictionary<string, byte[]>
        {
            ["logs"] = Encoding.UTF8.GetBytes(system.Logs),
            ["database"] = await DatabaseText.ReadAsync(system.UnloggedDatabase, system.FirstTransaction),
            ["queues"] = Encoding.UTF8.GetBytes(await QueuedTextAsync(limit.Token)),
        };
        var search = new LeakSearch(keys.SelectMany((key, i) => KeyNeedles.Of($"key {i + 1}", key)));
        foreach (var (place, text) in places)
        {
            search.In(text).Select(f => f.Needle.ToString()).Distinct().ShouldBeEmpty($"a private key stands in the {place}");
        }

        // The search itself must be able to find: the ciphertexts are there.
        places["database"].AsSpan().IndexOf("k1:1:"u8).ShouldBePositive();
        places["logs"].Length.ShouldBeGreaterThan(1_000);
    }

    [Fact]
    public async Task Other_services_find_every_exchange_from_the_start()
    {
        var management = await system.RabbitMq.ManagementAsync();
        var exchanges = await management.GetFromJsonAsync<JsonElement>($"exchanges/{system.VirtualHost.Name}");
        var names = exchanges.EnumerateArray().Select(e => e.GetProperty("name").GetString()).ToList();

        // No key was migrated and no payment failed: these exchanges have had no message yet.
        foreach (var name in (string[])["payment-failed", "deposit-key-migrated", "payment-completed", "agent-status-changed"])
        {
            names.ShouldContain(name);
        }
        names.ShouldNotContain("payment-fields");
    }

    [Fact]
    public async Task A_payment_that_waits_for_funds_is_paid_when_they_arrive()
    {
        using var limit = new CancellationTokenSource(Limit);
        using var owner = await SignedInOwner.SignInAsync(system.ApiUrl, limit.Token);
        using var recipient = Account.Generate();
        using var http = new HttpClient();
        var chain = new SolanaRpcClient(http, system.Rpc);
        var pool = await owner.PostAsync(
            "/v1/pools",
            new
            {
                name = "Poor at first",
                tokenSymbol = "SOL",
                pricePerDemo = "0.1",
            },
            null,
            limit.Token
        );
        var payment = await owner.PostAsync(
            "/v1/payments",
            new
            {
                trainingPoolId = pool.GetProperty("id").GetGuid(),
                recipient = recipient.PublicKey.ToString(),
                amount = "0.1",
                onInsufficientFunds = "wait",
            },
            "waits",
            limit.Token
        );
        payment.GetProperty("status").GetString().ShouldBe("WAITING_FOR_FUNDS");
        payment.GetProperty("reason").GetString().ShouldNotBeNull().ShouldStartWith("insufficient_funds: ");

        await chain.RequestAirdropAsync(PublicKey.Parse(pool.GetProperty("depositAddress").GetString()!), 1_000_000_000, limit.Token);

        await owner.UntilStatusAsync($"/v1/payments/{payment.GetProperty("id").GetGuid()}", "COMPLETED", limit.Token);
        (await chain.GetBalanceAsync(recipient.PublicKey, cancellationToken: limit.Token)).Value.ShouldBe(100_000_000ul);
        await owner.UntilStatusAsync($"/v1/pools/{pool.GetProperty("id").GetGuid()}", "LIVE", limit.Token);
    }

    private string LastLogs => system.Logs[^Math.Min(20_000, system.Logs.Length)..];

    private async Task<Dictionary<string, int>> QueuesAsync(CancellationToken cancellation)
    {
        var management = await system.RabbitMq.ManagementAsync();
        var queues = await management.GetFromJsonAsync<JsonElement>($"queues/{system.VirtualHost.Name}", cancellation);
        return queues
            .EnumerateArray()
            .ToDictionary(
                q => q.GetProperty("name").GetString()!,
                // A queue that was declared a moment ago has no statistics yet.
                q => q.TryGetProperty("messages", out var messages) ? messages.GetInt32() : 0
            );
    }

    private async Task<string> QueuedTextAsync(CancellationToken cancellation)
    {
        var management = await system.RabbitMq.ManagementAsync();
        var text = "";
        foreach (var queue in (await QueuesAsync(cancellation)).Keys)
        {
            var request = new
            {
                count = 1_000,
                ackmode = "ack_requeue_true",
                encoding = "auto",
            };
            using var answer = await management.PostAsJsonAsync($"queues/{system.VirtualHost.Name}/{queue}/get", request, cancellation);
            text += await answer.Content.ReadAsStringAsync(cancellation);
        }
        return text;
    }
}
