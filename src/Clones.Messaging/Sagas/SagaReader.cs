using MassTransit;
using MassTransit.Middleware;
using MassTransit.Saga;
using Microsoft.EntityFrameworkCore;

namespace Clones.Messaging.Sagas;

/// <summary>Reads instances without lock or tracking, outside of any message.</summary>
internal sealed class SagaReader<TSaga, TDbContext>(TDbContext dbContext, CancellationToken cancellationToken)
    : BasePipeContext(cancellationToken),
        LoadSagaRepositoryContext<TSaga>,
        QuerySagaRepositoryContext<TSaga>
    where TSaga : class, ISaga
    where TDbContext : DbContext
{
    public async Task<TSaga> Load(Guid correlationId) =>
        (
            await dbContext
                .Set<TSaga>()
                .AsNoTracking()
                .SingleOrDefaultAsync(x => x.CorrelationId == correlationId, CancellationToken)
                .ConfigureAwait(false)
        )!;

    public async Task<SagaRepositoryQueryContext<TSaga>> Query(ISagaQuery<TSaga> query, CancellationToken cancellationToken = default)
    {
        var ids = await dbContext
            .Set<TSaga>()
            .Where(query.FilterExpression)
            .Select(x => x.CorrelationId)
            .ToListAsync(cancellationToken)
            .ConfigureAwait(false);
        return new DefaultSagaRepositoryQueryContext<TSaga>(this, ids);
    }
}
