using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Clones.Persistence.Pools;

internal sealed class TrainingPoolMap : IEntityTypeConfiguration<TrainingPool>
{
    public void Configure(EntityTypeBuilder<TrainingPool> builder)
    {
        builder.HasKey(p => p.Id);
        builder.HasIndex(p => new { p.OwnerAddress, p.CreatedAt });
        builder.HasIndex(p => p.DepositWalletId).IsUnique();
        builder.Property(p => p.Version).IsRowVersion();
    }
}
