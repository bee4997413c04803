using Clones.Api.Agents;
using Clones.Api.Auth;
using Clones.Api.Requests;
using Clones.Domain.Faults;
using Clones.Domain.Transactions;
using Clones.Simulation.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Clones.Simulation;

/// <summary>An API process: the real endpoints that an owner signs at. Whoever waits when it dies hears nothing.</summary>
internal sealed class SimulatedProcessGate : ICrashPoints
{
    private readonly SimulatedHost host;
    private readonly SimulatedOwnerTransactions store;

    public SimulatedProcessGate(World world, string name)
    {
        host = new SimulatedHost(world, new SimulatedProcess(world.Timeline, name), this);
        store = new SimulatedOwnerTransactions(world.Database, Process, host.Store);
    }

    public SimulatedProcess Process => host.Process;

    /// <exception cref="Api.Problems.ProblemException">As the real one answers.</exception>
    public async Task<AgentRow> AgentAsync(Caller caller, Guid agentId)
    {
        await ReceiveAsync();
        return (await store.FindAgentAsync(agentId, default)).ReadableBy(caller);
    }

    /// <summary>GET of the transaction to sign, without waiting for a fresh one.</summary>
    /// <inheritdoc cref="AgentAsync" path="/exception"/>
    public async Task<OwnerTransactionView> GetAsync(Caller caller, Guid agentId, TransactionKind kind)
    {
        await ReceiveAsync();
        var answer = await OwnerTransactionEndpoints.GetAsync(
            agentId,
            RouteOf(kind),
            new DefaultHttpContext(),
            caller,
            new PreferWait(TimeSpan.Zero),
            store,
            host.Rpc,
            host.Clock,
            default
        );
        return answer.Result is Ok<OwnerTransactionView> { Value: { } there }
            ? there
            : ((Accepted<OwnerTransactionView>)answer.Result).Value!;
    }

    /// <summary>POST of the signed bytes.</summary>
    /// <inheritdoc cref="AgentAsync" path="/exception"/>
    public async Task<OwnerTransactionView> PostAsync(Caller caller, Guid agentId, TransactionKind kind, byte[] signed)
    {
        await ReceiveAsync();
        var body = new SignedTransactionRequest(Convert.ToBase64String(signed));
        var answer = await SubmitTransactionEndpoint.SubmitAsync(agentId, RouteOf(kind), body, caller, store, host.Rpc, default);
        return answer.Value!;
    }

    public ValueTask ReachAsync(CrashPoint point, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    private Task ReceiveAsync() => Process.DelayAsync(host.World.RandomSource.Between(1, 60));

    private static string RouteOf(TransactionKind kind) => kind == TransactionKind.TokenCreation ? "token-creation" : "pool-creation";
}
