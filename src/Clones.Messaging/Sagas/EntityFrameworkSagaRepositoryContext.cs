using MassTransit;
using MassTransit.Context;
using MassTransit.Saga;
using Microsoft.EntityFrameworkCore;

namespace Clones.Messaging.Sagas;

/// <summary>What the state machine does with its instance during one message. Nothing is saved before the unit of work commits.</summary>
internal sealed class EntityFrameworkSagaRepositoryContext<TSaga, TMessage, TDbContext>(
    ConsumeContext<TMessage> context,
    SagaInstances<TSaga, TDbContext> instances
) : ConsumeContextScope<TMessage>(context), SagaRepositoryContext<TSaga, TMessage>
    where TSaga : class, ISaga
    where TMessage : class
    where TDbContext : DbContext
{
    public Task<SagaConsumeContext<TSaga, TMessage>> Add(TSaga instance)
    {
        instances.Session.PartitionKey = instance.CorrelationId.ToString();
        return Task.FromResult(Wrap(this, instance));
    }

    public async Task<SagaConsumeContext<TSaga, TMessage>> Insert(TSaga instance) =>
        await instances.InsertAsync(instance, CancellationToken).ConfigureAwait(false) ? Wrap(this, instance) : null!;

    public async Task<SagaConsumeContext<TSaga, TMessage>> Load(Guid correlationId) =>
        await instances.LoadAsync(correlationId, CancellationToken).ConfigureAwait(false) is { } instance ? Wrap(this, instance) : null!;

    public Task Save(SagaConsumeContext<TSaga> context)
    {
        Touch(context.Saga);
        instances.Save(context.Saga, isNew: true);
        return Task.CompletedTask;
    }

    public Task Update(SagaConsumeContext<TSaga> context)
    {
        Touch(context.Saga);
        instances.Save(context.Saga, isNew: false);
        return Task.CompletedTask;
    }

    public Task Delete(SagaConsumeContext<TSaga> context)
    {
        instances.Remove(context.Saga);
        return Task.CompletedTask;
    }

    public Task Discard(SagaConsumeContext<TSaga> context) => Task.CompletedTask;

    public Task Undo(SagaConsumeContext<TSaga> context)
    {
        instances.Session.DbContext.Entry(context.Saga).State = EntityState.Detached;
        return Task.CompletedTask;
    }

    public Task<SagaConsumeContext<TSaga, T>> CreateSagaConsumeContext<T>(
        ConsumeContext<T> consumeContext,
        TSaga instance,
        SagaConsumeContextMode mode
    )
        where T : class => Task.FromResult(Wrap(consumeContext, instance));

    private static SagaConsumeContext<TSaga, T> Wrap<T>(ConsumeContext<T> consumeContext, TSaga instance)
        where T : class => new DefaultSagaConsumeContext<TSaga, T>(consumeContext, instance);

    private static void Touch(TSaga saga)
    {
        if (saga is ISagaVersion versioned)
        {
            versioned.Version++;
        }
    }
}
