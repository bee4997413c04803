using MassTransit;
using MassTransit.Context;
using MassTransit.Saga;
using Microsoft.EntityFrameworkCore;

namespace Clones.Messaging.Sagas;

/// <summary>Asked for by MassTransit's registration of a saga repository.</summary>
internal sealed class SagaConsumeContextFactory<TSaga, TDbContext> : ISagaConsumeContextFactory<TDbContext, TSaga>
    where TSaga : class, ISaga
    where TDbContext : DbContext
{
    public Task<SagaConsumeContext<TSaga, T>> CreateSagaConsumeContext<T>(
        TDbContext context,
        ConsumeContext<T> consumeContext,
        TSaga instance,
        SagaConsumeContextMode mode
    )
        where T : class => Task.FromResult<SagaConsumeContext<TSaga, T>>(new DefaultSagaConsumeContext<TSaga, T>(consumeContext, instance));
}
