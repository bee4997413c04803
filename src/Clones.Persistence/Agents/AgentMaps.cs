using Clones.Domain;
using Clones.Domain.Agents;
using Clones.Domain.Pools;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Clones.Persistence.Agents;

internal sealed class AgentMaps
    : IEntityTypeConfiguration<Agent>,
        IEntityTypeConfiguration<AgentLifecycleInstance>,
        IEntityTypeConfiguration<AgentTransition>,
        IEntityTypeConfiguration<LifecycleMachine>,
        IEntityTypeConfiguration<AgentToRegister>,
        IEntityTypeConfiguration<AgentWakeUp>
{
    public void Configure(EntityTypeBuilder<Agent> builder)
    {
        builder.HasKey(a => a.Id);
        builder.HasIndex(a => new { a.OwnerAddress, a.Id });

        // A training pool has at most one agent.
        builder.HasIndex(a => a.TrainingPoolId).IsUnique();
        builder.HasOne<TrainingPool>().WithMany().HasForeignKey(a => a.TrainingPoolId).OnDelete(DeleteBehavior.Restrict);
        builder.Property(a => a.Version).IsRowVersion();
    }

    public void Configure(EntityTypeBuilder<AgentLifecycleInstance> builder)
    {
        builder.ToTable("agent_lifecycles");
        builder.HasKey(i => i.CorrelationId);
        builder.Property(i => i.CorrelationId).HasColumnName("agent_id").ValueGeneratedNever();
        builder.Property(i => i.CurrentState).HasColumnName("status").HasConversion<UpperSnakeCaseConverters.OfName>();
        builder.Property(i => i.Version).IsConcurrencyToken();
        builder.HasIndex(i => new { i.CurrentState, i.CorrelationId });
    }

    public void Configure(EntityTypeBuilder<AgentTransition> builder)
    {
        builder.HasKey(t => new { t.AgentId, t.Sequence });
    }

    public void Configure(EntityTypeBuilder<LifecycleMachine> builder) => builder.HasKey(m => m.Fingerprint);

    public void Configure(EntityTypeBuilder<AgentToRegister> builder)
    {
        builder.ToTable("agents_to_register");
        builder.HasKey(a => a.AgentId);
        builder.HasOne<Agent>().WithOne().HasForeignKey<AgentToRegister>(a => a.AgentId).OnDelete(DeleteBehavior.Cascade);
    }

    public void Configure(EntityTypeBuilder<AgentWakeUp> builder) => builder.HasKey(w => w.AgentId);
}
