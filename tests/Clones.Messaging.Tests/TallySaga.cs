using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Clones.Messaging.Tests;

public sealed record TallyAdded
{
    public Guid TallyId { get; init; }
    public int By { get; init; }
    public int FailFirst { get; init; }
}

public sealed record TallyClosed
{
    public Guid TallyId { get; init; }
}

/// <summary>Its activity uses the DbContext, which an optimistic saga must not.</summary>
public sealed record TallyNoted
{
    public Guid TallyId { get; init; }
    public bool Read { get; init; }
}

public enum TallyKind
{
    Plain,
    Fancy,
}

/// <summary>Columns of many types, as they go through arrays.</summary>
public sealed class TallyInstance : SagaStateMachineInstance, ISagaVersion
{
    public Guid CorrelationId { get; set; }
    public string CurrentState { get; set; } = "";
    public int Version { get; set; }
    public int Value { get; set; }
    public decimal? Share { get; set; }
    public DateTime? ChangedAt { get; set; }
    public DateTimeOffset SeenAt { get; set; }
    public string? Remark { get; set; }
    public TallyKind Kind { get; set; }
    public byte[]? Seal { get; set; }
}

/// <summary>A saga that changes nothing but itself: registered with ConcurrencyMode.Optimistic.</summary>
public sealed class TallyStateMachine : MassTransitStateMachine<TallyInstance>
{
    public TallyStateMachine()
    {
        InstanceState(x => x.CurrentState);
        Event(() => Added, x => x.CorrelateById(m => m.Message.TallyId));
        Event(() => Closed, x => x.CorrelateById(m => m.Message.TallyId));
        Event(() => Noted, x => x.CorrelateById(m => m.Message.TallyId));
        Initially(Add(When(Added)).TransitionTo(Counting));
        During(Counting, Add(When(Added)), When(Closed).Finalize(), When(Noted).Activity(x => x.OfType<UseTheContext>()));
        SetCompletedWhenFinalized();
    }

    public State Counting { get; private set; } = null!;
    public Event<TallyAdded> Added { get; private set; } = null!;
    public Event<TallyClosed> Closed { get; private set; } = null!;
    public Event<TallyNoted> Noted { get; private set; } = null!;

    private static EventActivityBinder<TallyInstance, TallyAdded> Add(EventActivityBinder<TallyInstance, TallyAdded> binder) =>
        binder
            .Then(x =>
            {
                x.Saga.Value += x.Message.By;
                x.Saga.Share = x.Saga.Value / 4m;
                x.Saga.ChangedAt = DateTime.UnixEpoch.AddSeconds(x.Saga.Value);
                x.Saga.SeenAt = DateTimeOffset.UnixEpoch.AddSeconds(x.Saga.Value);
                x.Saga.Remark = x.Saga.Value % 2 == 0 ? null : "odd";
                x.Saga.Kind = TallyKind.Fancy;
                x.Saga.Seal = [(byte)x.Saga.Value];
            })
            .Publish(x => new CounterChanged
            {
                CounterId = x.Saga.CorrelationId,
                Value = x.Saga.Value,
                Part = 1,
            })
            .Publish(x => new CounterChanged
            {
                CounterId = x.Saga.CorrelationId,
                Value = x.Saga.Value,
                Part = 2,
            })
            .Then(x =>
            {
                if (x.GetRetryAttempt() < x.Message.FailFirst)
                {
                    throw new InvalidOperationException("Told to fail.");
                }
            });
}

public sealed class UseTheContext(StoreDbContext db) : IStateMachineActivity<TallyInstance, TallyNoted>
{
    public async Task Execute(BehaviorContext<TallyInstance, TallyNoted> context, IBehavior<TallyInstance, TallyNoted> next)
    {
        if (context.Message.Read)
        {
            await db.Notes.AnyAsync();
        }
        else
        {
            db.Notes.Add(new Note { Id = NewId.NextGuid(), Text = "unsaved" });
        }

        await next.Execute(context);
    }

    public Task Faulted<TException>(
        BehaviorExceptionContext<TallyInstance, TallyNoted, TException> context,
        IBehavior<TallyInstance, TallyNoted> next
    )
        where TException : Exception => next.Faulted(context);

    public void Accept(StateMachineVisitor visitor) => visitor.Visit(this);

    public void Probe(ProbeContext context) => context.CreateScope("use-the-context");
}
