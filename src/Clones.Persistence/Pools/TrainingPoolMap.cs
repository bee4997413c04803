using System.Text.Json;
using Clones.Domain.Payments;
using Clones.Domain.Pools;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Clones.Persistence.Pools;

internal sealed class TrainingPoolMap : IEntityTypeConfiguration<TrainingPool>
{
    public void Configure(EntityTypeBuilder<TrainingPool> builder)
    {
        builder.HasKey(p => p.Id);
        builder.HasIndex(p => new { p.OwnerAddress, p.Id });
        builder.HasIndex(p => p.DepositWalletId).IsUnique();
        builder.Property(p => p.Version).IsRowVersion();
        builder.Property(p => p.PayoutBatch).HasDefaultValue(PayoutBatch.Max).HasSentinel(0);
        builder.ToTable(t => t.HasCheckConstraint("ck_training_pools_payout_batch", $"payout_batch BETWEEN 1 AND {PayoutBatch.Max}"));
        builder
            .Property(p => p.TaskRewardLimits)
            .HasColumnType("jsonb")
            .HasDefaultValueSql("'{}'")
            .HasConversion(
                limits => JsonSerializer.Serialize(limits, JsonSerializerOptions.Default),
                text => JsonSerializer.Deserialize<Dictionary<string, ulong>>(text, JsonSerializerOptions.Default)!,
                new ValueComparer<Dictionary<string, ulong>>(
                    (a, b) => a!.Count == b!.Count && !a.Except(b).Any(),
                    limits => limits.Aggregate(0, (hash, l) => hash ^ HashCode.Combine(l.Key, l.Value)),
                    limits => new Dictionary<string, ulong>(limits)
                )
            );
    }
}
