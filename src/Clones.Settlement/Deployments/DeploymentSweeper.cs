using Clones.Contracts.Agents;
using Clones.Contracts.Deployments;
using Clones.Domain.Transactions;
using Clones.Hosting;
using Clones.Settlement.Store;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Deployments;

/// <summary>
/// Takes deployments up again whose message ended in an error queue, as after an hour without chain, and has those looked for that their owners
/// may have sent around us. Whatever it asks for is harmless when it was not lost after all.
/// </summary>
internal sealed class DeploymentSweeper(
    ISettlementStore store,
    AbandonedDeployments abandoned,
    RpcEndpoints rpc,
    TimeProvider time,
    ILogger<DeploymentSweeper> log
) : PassService(time, log)
{
    public static readonly TimeSpan Pace = TimeSpan.FromSeconds(15);

    // Longer than the bus retries a message, so that nothing is asked for twice in the usual course.
    private static readonly TimeSpan QuietFor = TimeSpan.FromSeconds(60);

    protected override TimeSpan PassEvery => Pace;

    protected override bool WaitsFirst => true;

    public override async Task PassAsync(CancellationToken cancellationToken)
    {
        await rpc.ReadAsync((client, stop) => client.GetSlotAsync(cancellationToken: stop), cancellationToken);
        var unrecorded = await abandoned.FindAsync(cancellationToken);
        await using var work = await store.BeginAsync(cancellationToken);
        foreach (var (id, number) in await work.DueForCoSigningAsync(QuietFor, cancellationToken))
        {
            await work.PublishAsync(new CoSignTransaction { TransactionId = id, AttemptNumber = number }, cancellationToken);
        }
        foreach (var (id, status) in await work.DueForPreparationAsync(QuietFor, cancellationToken))
        {
            var kind = status == AgentStatus.PendingTokenSignature ? TransactionKind.TokenCreation : TransactionKind.PoolCreation;
            await work.PublishAsync(kind.RequestFor(id), cancellationToken);
        }

        var claimed = await work.ClaimWakeUpsAsync(unrecorded, cancellationToken);
        foreach (var id in unrecorded.Where(claimed.Contains))
        {
            await work.PublishAsync(new AdoptOnChainDeployment { AgentId = id }, cancellationToken);
        }
        foreach (var id in await work.DueForOwnersAsync(Pace, cancellationToken))
        {
            await work.PublishAsync(new ReadOwnerTransaction { TransactionId = id }, cancellationToken);
        }

        await work.CommitAsync(cancellationToken);
    }
}
