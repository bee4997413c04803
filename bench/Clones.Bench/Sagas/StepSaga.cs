using Clones.Messaging;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Clones.Bench.Sagas;

public sealed record StepTaken
{
    public Guid SagaId { get; init; }
    public int Step { get; init; }
    public string Payload { get; init; } = "";
}

public sealed record StepDone
{
    public Guid SagaId { get; init; }
    public int Steps { get; init; }
    public string Payload { get; init; } = "";
}

public sealed class StepInstance : SagaStateMachineInstance, ISagaVersion
{
    public Guid CorrelationId { get; set; }
    public string CurrentState { get; set; } = "";
    public int Version { get; set; }
    public int Steps { get; set; }
    public string? LastPayload { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>Six events a saga, each of which changes the instance and publishes one message.</summary>
public sealed class StepStateMachine : MassTransitStateMachine<StepInstance>
{
    public StepStateMachine()
    {
        InstanceState(x => x.CurrentState);
        Event(() => Taken, x => x.CorrelateById(m => m.Message.SagaId));
        Initially(Advance(When(Taken)).TransitionTo(Stepping));
        During(Stepping, Advance(When(Taken)));
    }

    public State Stepping { get; private set; } = null!;
    public Event<StepTaken> Taken { get; private set; } = null!;

    private static EventActivityBinder<StepInstance, StepTaken> Advance(EventActivityBinder<StepInstance, StepTaken> binder) =>
        binder
            .Then(x =>
            {
                x.Saga.Steps++;
                x.Saga.LastPayload = x.Message.Payload;
                x.Saga.UpdatedAt = TimeProvider.System.GetUtcNow();
            })
            .Publish(x => new StepDone
            {
                SagaId = x.Saga.CorrelationId,
                Steps = x.Saga.Steps,
                Payload = x.Message.Payload,
            });
}

public sealed class StepDbContext(DbContextOptions<StepDbContext> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<StepInstance>(saga =>
        {
            saga.ToTable("step_saga");
            saga.HasKey(x => x.CorrelationId);
            saga.Property(x => x.CorrelationId).ValueGeneratedNever();
        });
        modelBuilder.AddTransactionalOutboxEntities();
    }
}
