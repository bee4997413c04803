using Clones.Contracts.Agents;
using Clones.Contracts.Deployments;
using Clones.Domain.Transactions;
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
) : BackgroundService
{
    public static readonly TimeSpan Pace = TimeSpan.FromSeconds(15);

    // Longer than the bus retries a message, so that nothing is asked for twice in the usual course.
    private static readonly TimeSpan QuietFor = TimeSpan.FromSeconds(60);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Pace, time, stoppingToken);
                await PassAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (RpcException unanswered)
            {
                // Without the chain every message sent now would end where the last one did.
                log.LogInformation("Stalled deployments wait for the chain: {Reason}", unanswered.Diagnosis);
            }
            catch (Exception e)
            {
                log.LogError(e, "A pass over the stalled deployments failed");
            }
        }
    }

    internal async Task PassAsync(CancellationToken cancellationToken)
    {
        await rpc.ReadAsync((client, stop) => client.GetSlotAsync(cancellationToken: stop), cancellationToken);
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

        foreach (var adopt in await abandoned.FindAsync(work, cancellationToken))
        {
            await work.PublishAsync(adopt, cancellationToken);
        }
        foreach (var id in await work.DueForOwnersAsync(Pace, cancellationToken))
        {
            await work.PublishAsync(new LookForOwnerTransaction { TransactionId = id }, cancellationToken);
        }

        await work.CommitAsync(cancellationToken);
    }
}
