using Clones.Messaging.Inbox;
using Clones.Messaging.Outbox;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Clones.Messaging;

/// <summary>
/// Maps the messaging tables. Column names are fixed here, because the hot statements are written by hand; schema and table name may
/// be changed with <c>ToTable</c> in the callback.
/// </summary>
public static class MessagingModelBuilderExtensions
{
    /// <summary>How long a row inserted by a live process is kept from the sweepers of others.</summary>
    internal const int LeaseSeconds = 30;

    public static ModelBuilder AddTransactionalOutboxEntities(this ModelBuilder modelBuilder)
    {
        modelBuilder.AddInboxStateEntity();
        modelBuilder.AddOutboxMessageEntity();
        return modelBuilder;
    }

    public static ModelBuilder AddInboxStateEntity(this ModelBuilder modelBuilder, Action<EntityTypeBuilder<InboxState>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        var inbox = modelBuilder.Entity<InboxState>();
        inbox.ToTable("inbox_state");
        inbox.HasKey(x => new { x.MessageId, x.ConsumerId }).HasName("pk_inbox_state");
        inbox.Property(x => x.MessageId).HasColumnName("message_id").ValueGeneratedNever();
        inbox.Property(x => x.ConsumerId).HasColumnName("consumer_id").ValueGeneratedNever();
        inbox.Property(x => x.KeepUntil).HasColumnName("keep_until");
        inbox.Property(x => x.Fingerprint).HasColumnName("fingerprint");
        // Marks arrive in the order of time, so a block-range index finds the old ones at almost no cost per insert.
        inbox.HasIndex(x => x.KeepUntil, "ix_inbox_state_keep_until").HasMethod("brin").HasStorageParameter("autosummarize", true);
        configure?.Invoke(inbox);

        var watermark = modelBuilder.Entity<InboxWatermark>();
        watermark.ToTable("inbox_watermark");
        watermark.HasKey(x => x.Id).HasName("pk_inbox_watermark");
        watermark.Property(x => x.Id).HasColumnName("id").ValueGeneratedNever();
        watermark.Property(x => x.PurgedBefore).HasColumnName("purged_before");
        watermark.Property(x => x.MovedAt).HasColumnName("moved_at");
        return modelBuilder;
    }

    public static ModelBuilder AddOutboxMessageEntity(
        this ModelBuilder modelBuilder,
        Action<EntityTypeBuilder<OutboxMessage>>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        var outbox = modelBuilder.Entity<OutboxMessage>();
        outbox.ToTable("outbox_message");
        outbox.HasKey(x => x.SequenceNumber).HasName("pk_outbox_message");
        outbox.Property(x => x.SequenceNumber).HasColumnName("sequence_number").UseIdentityAlwaysColumn();
        outbox.Property(x => x.PartitionKey).HasColumnName("partition_key");
        outbox
            .Property(x => x.AvailableAt)
            .HasColumnName("available_at")
            .HasDefaultValueSql($"clock_timestamp() + interval '{LeaseSeconds} seconds'");
        outbox.Property(x => x.LeaseOwner).HasColumnName("lease_owner");
        outbox.Property(x => x.Attempts).HasColumnName("attempts").HasDefaultValue(0);
        outbox.Property(x => x.LastError).HasColumnName("last_error");
        outbox.Property(x => x.MessageId).HasColumnName("message_id");
        outbox.Property(x => x.RequestId).HasColumnName("request_id");
        outbox.Property(x => x.CorrelationId).HasColumnName("correlation_id");
        outbox.Property(x => x.ConversationId).HasColumnName("conversation_id");
        outbox.Property(x => x.InitiatorId).HasColumnName("initiator_id");
        outbox.Property(x => x.SourceAddress).HasColumnName("source_address");
        outbox.Property(x => x.DestinationAddress).HasColumnName("destination_address");
        outbox.Property(x => x.ResponseAddress).HasColumnName("response_address");
        outbox.Property(x => x.FaultAddress).HasColumnName("fault_address");
        outbox.Property(x => x.MessageType).HasColumnName("message_type");
        outbox.Property(x => x.ContentType).HasColumnName("content_type");
        outbox.Property(x => x.SentTime).HasColumnName("sent_time");
        outbox.Property(x => x.ExpirationTime).HasColumnName("expiration_time");
        outbox.Property(x => x.EnqueueTime).HasColumnName("enqueue_time");
        outbox.Property(x => x.Headers).HasColumnName("headers");
        outbox.Property(x => x.Properties).HasColumnName("properties");
        outbox.Property(x => x.Body).HasColumnName("body");
        outbox.HasIndex(x => x.AvailableAt, "ix_outbox_message_available_at");
        outbox
            .HasIndex(x => new { x.PartitionKey, x.SequenceNumber }, "ix_outbox_message_partition_key")
            .HasFilter("partition_key IS NOT NULL");
        // Rows live for milliseconds: the table stays small only if the dead ones are cleaned up often.
        outbox.HasStorageParameter("autovacuum_vacuum_scale_factor", 0);
        outbox.HasStorageParameter("autovacuum_vacuum_threshold", 5000);
        configure?.Invoke(outbox);
        return modelBuilder;
    }
}
