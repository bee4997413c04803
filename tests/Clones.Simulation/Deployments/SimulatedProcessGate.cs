using Clones.Api.Agents;
using Clones.Api.Auth;
using Clones.Api.Operations;
using Clones.Api.Requests;
using Clones.Domain.Faults;
using Clones.Domain.Transactions;
using Clones.Persistence;
using Clones.Simulation.Context;
using MassTransit;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Simulation;

/// <summary>An API process: the real endpoints that an owner signs at, each request in its own scope. Whoever waits when it dies hears nothing.</summary>
internal sealed class SimulatedProcessGate : ICrashPoints
{
    private readonly SimulatedHost host;
    private readonly HostServices services;

    public SimulatedProcessGate(World world, string name)
    {
        host = new SimulatedHost(world, new SimulatedProcess(world.Timeline, name), this);
        services = new HostServices(host);
    }

    public SimulatedProcess Process => host.Process;

    /// <exception cref="Api.Problems.ProblemException">As the real one answers.</exception>
    public Task<AgentRow> AgentAsync(Caller caller, Guid agentId) =>
        WithAsync(async (db, _) => await db.FindAgentAsync(agentId, caller, default));

    /// <summary>GET of the transaction to sign, without waiting for a fresh one.</summary>
    /// <inheritdoc cref="AgentAsync" path="/exception"/>
    public Task<OwnerTransactionView> GetAsync(Caller caller, Guid agentId, TransactionKind kind) =>
        WithAsync(
            async (db, bus) =>
            {
                var answer = await OwnerTransactionEndpoints.GetAsync(
                    agentId,
                    RouteOf(kind),
                    new DefaultHttpContext(),
                    caller,
                    new PreferWait(TimeSpan.Zero),
                    db,
                    new OwnerTransactions(db, host.Rpc),
                    new OperationWaiter(db, host.Rpc, host.Clock),
                    bus,
                    default
                );
                return answer.Result is Ok<OwnerTransactionView> { Value: { } there }
                    ? there
                    : ((Accepted<OwnerTransactionView>)answer.Result).Value!;
            }
        );

    /// <summary>POST of the signed bytes.</summary>
    /// <inheritdoc cref="AgentAsync" path="/exception"/>
    public Task<OwnerTransactionView> PostAsync(Caller caller, Guid agentId, TransactionKind kind, byte[] signed) =>
        WithAsync(
            async (db, bus) =>
            {
                var body = new SignedTransactionRequest(Convert.ToBase64String(signed));
                var transactions = new OwnerTransactions(db, host.Rpc);
                var answer = await SubmitTransactionEndpoint.SubmitAsync(
                    agentId,
                    RouteOf(kind),
                    body,
                    caller,
                    db,
                    transactions,
                    bus,
                    default
                );
                return answer.Value!;
            }
        );

    public ValueTask ReachAsync(CrashPoint point, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    private async Task<T> WithAsync<T>(Func<ClonesDbContext, IPublishEndpoint, Task<T>> use)
    {
        await Process.DelayAsync(host.World.RandomSource.Between(1, 60));
        using var scope = services.CreateScope();
        return await use(
            scope.ServiceProvider.GetRequiredService<ClonesDbContext>(),
            scope.ServiceProvider.GetRequiredService<IPublishEndpoint>()
        );
    }

    private static string RouteOf(TransactionKind kind) => kind == TransactionKind.TokenCreation ? "token-creation" : "pool-creation";
}
