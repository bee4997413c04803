using Clones.Persistence;
using Clones.Settlement.Store;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Deployments;

/// <summary>What is done about one message of a deployment, in one commit with what it publishes.</summary>
/// <remarks>It may ask the chain anywhere: see <see cref="ChainQuestions"/>. Handled twice, a message does nothing twice.</remarks>
internal interface IDeploymentHandler<in TMessage>
{
    Task HandleAsync(TMessage message, CancellationToken cancellationToken);
}

/// <summary>Runs handlers, each with a scope and a database transaction of its own, and none open while the chain is asked.</summary>
internal sealed class DeploymentUnits(IServiceScopeFactory scopes)
{
    public Task HandleAsync<TMessage>(TMessage message, CancellationToken cancellationToken) =>
        ChainQuestions.RunAsync(async () =>
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
            await using var commit = await db.Database.BeginTransactionAsync(cancellationToken);
            await scope.ServiceProvider.GetRequiredService<IDeploymentHandler<TMessage>>().HandleAsync(message, cancellationToken);
            ChainQuestions.RequireAnswers();
            await scope.ServiceProvider.GetRequiredService<IDeploymentWork>().CommitAsync(cancellationToken);
            await commit.CommitAsync(cancellationToken);
        });
}
