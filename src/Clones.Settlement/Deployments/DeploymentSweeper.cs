using Clones.Persistence;
using Clones.Solana.Rpc;
using MassTransit;

namespace Clones.Settlement.Deployments;

/// <summary>
/// Takes deployments up again whose message ended in an error queue, as after an hour without chain, and has those looked for that their owners
/// may have sent around us. Whatever it asks for is harmless when it was not lost after all.
/// </summary>
internal sealed class DeploymentSweeper(IServiceScopeFactory scopes, RpcEndpoints rpc, TimeProvider time, ILogger<DeploymentSweeper> log)
    : BackgroundService
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
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
        var stalled = scope.ServiceProvider.GetRequiredService<StalledDeployments>();
        var givenUp = scope.ServiceProvider.GetRequiredService<AbandonedDeployments>();
        var publish = scope.ServiceProvider.GetRequiredService<IPublishEndpoint>();
        await using var commit = await db.Database.BeginTransactionAsync(cancellationToken);
        foreach (var coSign in await stalled.SubmittedAsync(QuietFor, cancellationToken))
        {
            await publish.Publish(coSign, cancellationToken);
        }
        foreach (var prepare in await stalled.UnpreparedAsync(QuietFor, cancellationToken))
        {
            await publish.Publish(prepare, cancellationToken);
        }

        foreach (var adopt in await givenUp.FindAsync(cancellationToken))
        {
            await publish.Publish(adopt, cancellationToken);
        }
        foreach (var look in await stalled.InOwnersHandsAsync(Pace, cancellationToken))
        {
            await publish.Publish(look, cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
        await commit.CommitAsync(cancellationToken);
    }
}
