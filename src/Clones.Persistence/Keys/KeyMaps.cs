using Clones.Domain.Keys;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Clones.Persistence.Keys;

internal sealed class KeyMaps
    : IEntityTypeConfiguration<WalletKeyEvent>,
        IEntityTypeConfiguration<KeySweep>,
        IEntityTypeConfiguration<MasterKeyCheck>,
        IEntityTypeConfiguration<UnusableKey>
{
    public void Configure(EntityTypeBuilder<WalletKeyEvent> builder)
    {
        builder.ToTable(
            "wallet_key_events",
            // The hash is over lines: a line feed in a field would let two rows look like one another.
            table => table.HasCheckConstraint("ck_wallet_key_events_detail_one_line", "detail !~ '[\\n\\r]'")
        );
        builder.HasKey(e => e.Id);
        builder.HasIndex(e => e.Sequence).IsUnique();
        // What is not in the chain yet: a few rows, however long the log is.
        builder.HasIndex(e => e.Id).HasFilter("sequence IS NULL");
        builder.HasIndex(e => new { e.KeyId, e.Id });
        builder.HasIndex(e => e.ToKey).HasFilter("to_key IS NOT NULL");
    }

    public void Configure(EntityTypeBuilder<MasterKeyCheck> builder)
    {
        builder.ToTable("master_key_checks");
        builder.HasKey(c => c.MasterKey);
    }

    public void Configure(EntityTypeBuilder<UnusableKey> builder)
    {
        builder.ToTable("unusable_keys");
        builder.HasKey(k => new { k.Purpose, k.KeyId });
    }

    public void Configure(EntityTypeBuilder<KeySweep> builder)
    {
        builder.ToTable("key_sweeps");
        builder.HasKey(s => s.Id);
        // At most one at a time.
        builder.HasIndex(s => s.FinishedAt).HasFilter("finished_at IS NULL").IsUnique().AreNullsDistinct(false);
    }
}
