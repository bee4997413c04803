using Clones.Domain.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Clones.Persistence.Webhooks;

internal sealed class WebhookMaps
    : IEntityTypeConfiguration<WebhookEndpoint>,
        IEntityTypeConfiguration<WebhookDelivery>,
        IEntityTypeConfiguration<WebhookAttempt>
{
    public void Configure(EntityTypeBuilder<WebhookEndpoint> builder)
    {
        builder.HasKey(e => e.Id);
        builder.HasIndex(e => new { e.OwnerAddress, e.Id }).HasFilter("deleted_at IS NULL");
        builder.Property(e => e.Version).IsConcurrencyToken();
    }

    public void Configure(EntityTypeBuilder<WebhookDelivery> builder)
    {
        builder.HasKey(d => d.Id);
        builder.HasIndex(d => new { d.EndpointId, d.EventId }).IsUnique();
        builder.HasIndex(d => new { d.EndpointId, d.Id });
        builder
            .HasIndex(d => new { d.EndpointId, d.Id }, "exhausted")
            .HasFilter("status = 'EXHAUSTED'")
            .HasDatabaseName("ix_webhook_deliveries_exhausted");
        builder
            .HasIndex(d => new { d.EndpointId, d.NextAttemptAt })
            .HasFilter("status = 'PENDING'")
            .HasDatabaseName("ix_webhook_deliveries_pending");
        builder
            .HasIndex(d => new { d.EndpointId, d.LeasedUntil })
            .HasFilter("lease_id IS NOT NULL")
            .HasDatabaseName("ix_webhook_deliveries_leased");
        builder.HasIndex(d => d.CreatedAt);
        builder.HasOne<WebhookEndpoint>().WithMany().HasForeignKey(d => d.EndpointId).OnDelete(DeleteBehavior.Restrict);
    }

    public void Configure(EntityTypeBuilder<WebhookAttempt> builder)
    {
        builder.HasKey(a => new { a.DeliveryId, a.Number });
        builder.HasOne<WebhookDelivery>().WithMany().HasForeignKey(a => a.DeliveryId).OnDelete(DeleteBehavior.Cascade);
    }
}
