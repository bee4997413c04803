using Clones.Messaging.Inbox;
using MassTransit;
using MassTransit.Middleware;
using MassTransit.Middleware.Outbox;
using Microsoft.EntityFrameworkCore;

namespace Clones.Messaging;

/// <summary>
/// Runs a consumer inside the unit of work: mark, consume, commit. Delivery is the dispatcher's, after the commit, so the message is
/// acknowledged without waiting for the broker to take what it caused.
/// </summary>
internal sealed class EntityFrameworkOutboxContextFactory<TDbContext>(
    MessagingSession<TDbContext> session,
    IServiceProvider provider,
    TimeProvider time
) : IOutboxContextFactory<TDbContext>, IOutboxContextFactory<SagaOutbox<TDbContext>>
    where TDbContext : DbContext
{
    Task IOutboxContextFactory<TDbContext>.Send<T>(
        ConsumeContext<T> context,
        OutboxConsumeOptions options,
        IPipe<OutboxConsumeContext<T>> next
    ) => SendAsync(context, options, next, beginNow: true);

    // A saga's first statement is the one that locks its row: the mark travels with it.
    Task IOutboxContextFactory<SagaOutbox<TDbContext>>.Send<T>(
        ConsumeContext<T> context,
        OutboxConsumeOptions options,
        IPipe<OutboxConsumeContext<T>> next
    ) => SendAsync(context, options, next, beginNow: false);

    public void Probe(ProbeContext context) => context.CreateFilterScope("entityFrameworkOutbox");

    private async Task SendAsync<T>(
        ConsumeContext<T> context,
        OutboxConsumeOptions options,
        IPipe<OutboxConsumeContext<T>> next,
        bool beginNow
    )
        where T : class
    {
        session.Announce(InboxIdentity.MarkOf(context, options.ConsumerId, time.GetUtcNow().UtcDateTime));
        try
        {
            if (beginNow && !await session.BeginAsync(context.CancellationToken).ConfigureAwait(false))
            {
                await session.RollbackAsync().ConfigureAwait(false);
                // Informs the receive pipeline that the message is done with; otherwise it goes to the skipped queue.
                await context.NotifyConsumed(context.ReceiveContext.ElapsedTime, options.ConsumerType).ConfigureAwait(false);
                return;
            }
            await next.Send(new SessionOutboxConsumeContext<T, TDbContext>(context, options, provider, session)).ConfigureAwait(false);
            if (session.Duplicate)
            {
                await session.RollbackAsync().ConfigureAwait(false);
            }
            else
            {
                await session.CommitAsync(context.CancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            await session.RollbackAsync().ConfigureAwait(false);
            throw;
        }
    }
}

/// <summary>Names the outbox of saga endpoints, where the unit of work is opened by the saga repository.</summary>
internal sealed class SagaOutbox<TDbContext>
    where TDbContext : DbContext;

/// <summary>What the consumer sees: everything it publishes, sends or responds becomes a row of the unit of work.</summary>
internal sealed class SessionOutboxConsumeContext<TMessage, TDbContext>(
    ConsumeContext<TMessage> context,
    OutboxConsumeOptions options,
    IServiceProvider provider,
    MessagingSession<TDbContext> session
) : OutboxConsumeContextProxy<TMessage>(context, options, provider)
    where TMessage : class
    where TDbContext : DbContext
{
    public override bool ContinueProcessing { get; set; }

    // The factory calls the pipe only for a message that was not consumed, and commits after it.
    public override bool IsMessageConsumed => false;
    public override bool IsOutboxDelivered => false;
    public override int ReceiveCount => 1;
    public override long? LastSequenceNumber => null;

    public override Task SetConsumed() => Task.CompletedTask;

    public override Task SetDelivered() => Task.CompletedTask;

    public override Task<List<OutboxMessageContext>> LoadOutboxMessages() => Task.FromResult(new List<OutboxMessageContext>());

    public override Task NotifyOutboxMessageDelivered(OutboxMessageContext message) => Task.CompletedTask;

    public override Task RemoveOutboxMessages() => Task.CompletedTask;

    public override Task AddSend<T>(SendContext<T> context)
    {
        session.Add(context);
        return Task.CompletedTask;
    }
}
