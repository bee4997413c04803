using MassTransit;
using MassTransit.Saga;
using Microsoft.EntityFrameworkCore;

namespace Clones.Messaging.Sagas;

/// <summary>
/// Gives the state machine its instance out of the message's unit of work. Behind the outbox filter that unit of work exists already
/// and is committed there; without it, this opens and commits its own.
/// </summary>
internal sealed class EntityFrameworkSagaRepositoryContextFactory<TSaga, TDbContext>(
    MessagingSession<TDbContext> session,
    SagaGroups<TSaga, TDbContext>? groups = null
) : ISagaRepositoryContextFactory<TSaga>, IQuerySagaRepositoryContextFactory<TSaga>, ILoadSagaRepositoryContextFactory<TSaga>
    where TSaga : class, ISaga
    where TDbContext : DbContext
{
    public Task Send<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<TSaga, T>> next)
        where T : class =>
        RunAsync(
            context,
            async instances =>
            {
                var fresh = context.CorrelationId switch
                {
                    null => await session.BeginAsync(context.CancellationToken).ConfigureAwait(false),
                    { } id when groups is not null && MayGoUnlocked(context) => await instances.ReadAsync(groups, id).ConfigureAwait(false),
                    { } id => await instances.BeginWithAsync(id, context.CancellationToken).ConfigureAwait(false),
                };
                if (fresh)
                {
                    await next.Send(new EntityFrameworkSagaRepositoryContext<TSaga, T, TDbContext>(context, instances))
                        .ConfigureAwait(false);
                }
            }
        );

    public Task SendQuery<T>(ConsumeContext<T> context, ISagaQuery<TSaga> query, IPipe<SagaRepositoryQueryContext<TSaga, T>> next)
        where T : class =>
        RunAsync(
            context,
            async instances =>
            {
                if (!await session.BeginAsync(context.CancellationToken).ConfigureAwait(false))
                {
                    return;
                }

                var ids = await FindAsync(query, context.CancellationToken).ConfigureAwait(false);
                var repository = new EntityFrameworkSagaRepositoryContext<TSaga, T, TDbContext>(context, instances);
                await next.Send(new DefaultSagaRepositoryQueryContext<TSaga, T>(repository, ids)).ConfigureAwait(false);
            }
        );

    async Task<T> IQuerySagaRepositoryContextFactory<TSaga>.Execute<T>(
        Func<QuerySagaRepositoryContext<TSaga>, Task<T>> asyncMethod,
        CancellationToken cancellationToken
    ) => await asyncMethod(new SagaReader<TSaga, TDbContext>(session.DbContext, cancellationToken)).ConfigureAwait(false);

    async Task<T> ILoadSagaRepositoryContextFactory<TSaga>.Execute<T>(
        Func<LoadSagaRepositoryContext<TSaga>, Task<T>> asyncMethod,
        CancellationToken cancellationToken
    ) => await asyncMethod(new SagaReader<TSaga, TDbContext>(session.DbContext, cancellationToken)).ConfigureAwait(false);

    public void Probe(ProbeContext context)
    {
        var scope = context.CreateScope("sagaRepository");
        scope.Add("persistence", "entityFramework");
        scope.Add("lock", groups is null ? "row" : "version");
    }

    private async Task RunAsync<T>(ConsumeContext<T> context, Func<SagaInstances<TSaga, TDbContext>, Task> work)
        where T : class
    {
        var owned = !session.IsOpen;
        try
        {
            await work(new SagaInstances<TSaga, TDbContext>(session)).ConfigureAwait(false);
            if (owned)
            {
                await session.CommitAsync(context.CancellationToken).ConfigureAwait(false);
            }
        }
        catch when (owned)
        {
            await session.RollbackAsync().ConfigureAwait(false);
            throw;
        }
    }

    // A second try takes the lock: then no other message can be faster again.
    private bool MayGoUnlocked(ConsumeContext context) =>
        session.IsAnnounced && context.GetRetryAttempt() == 0 && SagaGroups<TSaga, TDbContext>.Serves(session.DbContext);

    // In the order of ids: two messages that match the same instances lock them in the same order.
    private async Task<IList<Guid>> FindAsync(ISagaQuery<TSaga> query, CancellationToken cancellationToken) =>
        await session
            .DbContext.Set<TSaga>()
            .Where(query.FilterExpression)
            .OrderBy(x => x.CorrelationId)
            .Select(x => x.CorrelationId)
            .ToListAsync(cancellationToken)
            .ConfigureAwait(false);
}
