using System.Text.Json;
using System.Text.Json.Nodes;
using Clones.Domain.Agents;
using Clones.Persistence;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Clones.Lifecycle.Tests;

public sealed class LifecycleMachineTests(KeyLogDatabase databases) : IClassFixture<KeyLogDatabase>
{
    private readonly AgentLifecycleStateMachine machine = new();

    [Fact]
    public void What_is_stored_reads_back_as_the_machine_that_runs()
    {
        var read = LifecycleMachine.Of(machine.Graph, DateTimeOffset.UnixEpoch).ReadGraph();

        read.Statuses.ShouldBe(machine.Graph.Statuses);
        read.Events.ShouldBe(machine.Graph.Events);
        read.Transitions.ShouldBe(machine.Graph.Transitions);
    }

    [Fact]
    public void Another_arrow_is_another_fingerprint()
    {
        var one = LifecycleMachine.Of(machine.Graph, DateTimeOffset.UnixEpoch);
        var other = LifecycleMachine.Of(
            machine.Graph with
            {
                Transitions = [.. machine.Graph.Transitions.Skip(1)],
            },
            DateTimeOffset.UnixEpoch
        );

        LifecycleMachine.Of(machine.Graph, DateTimeOffset.MaxValue).Fingerprint.ShouldBe(one.Fingerprint);
        other.Fingerprint.ShouldNotBe(one.Fingerprint);
    }

    [Fact]
    public async Task Workers_that_start_store_their_machine_once_and_the_newest_start_beside_it()
    {
        var database = await databases.CreateAsync();

        await StartAsync(database);
        await StartAsync(database);

        await using var db = database();
        var stored = await db.LifecycleMachines.SingleAsync(TestContext.Current.CancellationToken);
        stored.LastStartedAt.ShouldBeGreaterThan(stored.FirstStartedAt);
        JsonNode
            .DeepEquals(JsonNode.Parse(stored.Graph), JsonSerializer.SerializeToNode(machine.Graph, JsonSerializerOptions.Web))
            .ShouldBeTrue();
    }

    private async Task StartAsync(Func<ClonesDbContext> database)
    {
        await using var services = new ServiceCollection().AddScoped(_ => database()).BuildServiceProvider();
        using var publisher = new LifecycleMachinePublisher(
            services.GetRequiredService<IServiceScopeFactory>(),
            machine,
            TimeProvider.System,
            NullLogger<LifecycleMachinePublisher>.Instance
        );
        await publisher.StartAsync(TestContext.Current.CancellationToken);
        await publisher.ExecuteTask!;
    }
}
