using Clones.Messaging.Inbox;
using Clones.Messaging.Outbox;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Clones.Messaging.Tests;

public sealed record CounterStarted
{
    public Guid CounterId { get; init; }
}

public sealed record CounterRaised
{
    public Guid CounterId { get; init; }
    public int By { get; init; }
    public int FailFirst { get; init; }
}

public sealed record CounterChanged
{
    public Guid CounterId { get; init; }
    public int Value { get; init; }
    public int Part { get; init; }
}

/// <summary>A command for the plain consumer.</summary>
public sealed record NoteTaken
{
    public string Text { get; init; } = "";
}

public sealed record NoteStored
{
    public string Text { get; init; } = "";
}

public sealed class CounterInstance : SagaStateMachineInstance, ISagaVersion
{
    public Guid CorrelationId { get; set; }
    public string CurrentState { get; set; } = "";
    public int Version { get; set; }
    public int Value { get; set; }
}

public sealed class Note
{
    public Guid Id { get; set; }
    public string Text { get; set; } = "";
}

/// <summary>A saga that counts, writes a note per event through the shared DbContext and publishes each new value.</summary>
public sealed class CounterStateMachine : MassTransitStateMachine<CounterInstance>
{
    public CounterStateMachine()
    {
        Event(() => Started, x => x.CorrelateById(m => m.Message.CounterId));
        Event(
            () => Raised,
            x =>
            {
                x.CorrelateById(m => m.Message.CounterId);
                x.OnMissingInstance(m => m.Discard());
            }
        );
        InstanceState(x => x.CurrentState);
        Initially(When(Started).Activity(x => x.OfType<TakeNote>()).TransitionTo(Counting));
        During(
            Counting,
            Ignore(Started),
            When(Raised)
                .Then(x => x.Saga.Value += x.Message.By)
                .Activity(x => x.OfType<TakeRaiseNote>())
                .Publish(x => new CounterChanged { CounterId = x.Saga.CorrelationId, Value = x.Saga.Value })
                .Then(x => FailAtFirst.Of(x))
        );
    }

    public State Counting { get; private set; } = null!;
    public Event<CounterStarted> Started { get; private set; } = null!;
    public Event<CounterRaised> Raised { get; private set; } = null!;

    internal static class FailAtFirst
    {
        public static void Of(BehaviorContext<CounterInstance, CounterRaised> context)
        {
            if (context.GetRetryAttempt() < context.Message.FailFirst)
            {
                throw new InvalidOperationException("Told to fail.");
            }
        }
    }
}

public sealed class TakeNote(StoreDbContext db) : IStateMachineActivity<CounterInstance, CounterStarted>
{
    public async Task Execute(BehaviorContext<CounterInstance, CounterStarted> context, IBehavior<CounterInstance, CounterStarted> next)
    {
        db.Notes.Add(new Note { Id = NewId.NextGuid(), Text = $"{context.Saga.CorrelationId} started" });
        await next.Execute(context);
    }

    public Task Faulted<TException>(
        BehaviorExceptionContext<CounterInstance, CounterStarted, TException> context,
        IBehavior<CounterInstance, CounterStarted> next
    )
        where TException : Exception => next.Faulted(context);

    public void Accept(StateMachineVisitor visitor) => visitor.Visit(this);

    public void Probe(ProbeContext context) => context.CreateScope("take-note");
}

public sealed class TakeRaiseNote(StoreDbContext db) : IStateMachineActivity<CounterInstance, CounterRaised>
{
    public async Task Execute(BehaviorContext<CounterInstance, CounterRaised> context, IBehavior<CounterInstance, CounterRaised> next)
    {
        db.Notes.Add(new Note { Id = NewId.NextGuid(), Text = $"{context.Saga.CorrelationId} {context.Saga.Value}" });
        await next.Execute(context);
    }

    public Task Faulted<TException>(
        BehaviorExceptionContext<CounterInstance, CounterRaised, TException> context,
        IBehavior<CounterInstance, CounterRaised> next
    )
        where TException : Exception => next.Faulted(context);

    public void Accept(StateMachineVisitor visitor) => visitor.Visit(this);

    public void Probe(ProbeContext context) => context.CreateScope("take-raise-note");
}

/// <summary>Stores a note and tells of it; fails after both when the text says so.</summary>
public sealed class NoteConsumer(StoreDbContext db) : IConsumer<NoteTaken>
{
    public const string Poison = "poison";

    public async Task Consume(ConsumeContext<NoteTaken> context)
    {
        db.Notes.Add(new Note { Id = NewId.NextGuid(), Text = context.Message.Text });
        await context.Publish(new NoteStored { Text = context.Message.Text });
        if (context.Message.Text == Poison)
        {
            throw new InvalidOperationException("Told to fail.");
        }
    }
}

public sealed class StoreDbContext(DbContextOptions<StoreDbContext> options) : DbContext(options)
{
    public DbSet<CounterInstance> Counters => Set<CounterInstance>();
    public DbSet<TallyInstance> Tallies => Set<TallyInstance>();
    public DbSet<Note> Notes => Set<Note>();
    public DbSet<InboxState> Inbox => Set<InboxState>();
    public DbSet<OutboxMessage> Outbox => Set<OutboxMessage>();
    public DbSet<InboxWatermark> Watermarks => Set<InboxWatermark>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<CounterInstance>(x =>
        {
            x.HasKey(c => c.CorrelationId);
            x.Property(c => c.CorrelationId).ValueGeneratedNever();
        });
        modelBuilder.Entity<TallyInstance>(x =>
        {
            x.HasKey(c => c.CorrelationId);
            x.Property(c => c.CorrelationId).ValueGeneratedNever();
            // Makes one event fail in the database, when its statement has succeeded for others.
            x.ToTable(t => t.HasCheckConstraint("small", "\"Value\" < 1000"));
        });
        modelBuilder.AddTransactionalOutboxEntities();
    }
}
