using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Clones.Persistence.Transactions;

internal sealed class TransactionMaps : IEntityTypeConfiguration<ChainTransaction>, IEntityTypeConfiguration<TransactionAttempt>
{
    public void Configure(EntityTypeBuilder<ChainTransaction> builder)
    {
        builder.ToTable("transactions");
        builder.HasKey(t => t.Id);
        builder.ChangedWhenYoung();

        // By the clock of the database, which is the only one that every worker shares. What makes the row sends the first message with it.
        builder.Property(t => t.NextCheckAt).HasDefaultValueSql("now() + interval '60 seconds'");
        builder.HasIndex(t => t.LeaseUntil).HasFilter($"lease_owner = '{WakeUp.Owner}'").HasDatabaseName("ix_transactions_woken");
        builder.Property(t => t.Made).HasColumnType("jsonb");
        builder.HasOne<DepositWallet>().WithMany().HasForeignKey(t => t.WalletId).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(t => t.Attempts).WithOne().HasForeignKey(a => a.TransactionId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(t => t.NextCheckAt).HasFilter($"status NOT IN {StatusLists.Ends}").HasDatabaseName("ix_transactions_open");
        builder
            .HasIndex(t => new { t.AgentId, t.Kind }, "agent")
            .HasFilter("agent_id IS NOT NULL")
            .HasDatabaseName("ix_transactions_agent");
        builder
            .HasIndex(t => new { t.AgentId, t.Kind })
            .IsUnique()
            .HasFilter($"agent_id IS NOT NULL AND status NOT IN {StatusLists.EndsWithoutEffect}")
            .HasDatabaseName("ux_transactions_one_per_agent_and_kind");
    }

    public void Configure(EntityTypeBuilder<TransactionAttempt> builder)
    {
        builder.HasKey(a => new { a.TransactionId, a.Number });
        builder.ChangedWhenYoung();
        builder.HasIndex(a => a.Signature).IsUnique();

        // The fence of signing: a second attempt of one transaction that may land cannot be stored, whoever tries.
        builder
            .HasIndex(a => a.TransactionId)
            .IsUnique()
            .HasFilter($"status IN {SqlText.ListOf(LiveAttempts.Statuses)} OR (status = 'PREPARED' AND payer = 'OWNER')")
            .HasDatabaseName("ux_transaction_attempts_one_live");
        builder.Property(a => a.Evidence).HasColumnType("jsonb");
        builder.Property(a => a.Error).HasColumnType("jsonb");
        builder.Property(a => a.Terms).HasColumnType("jsonb");
    }
}
