using Clones.Persistence.Agents;
using Clones.Persistence.Pools;
using Clones.Persistence.Settlement;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Clones.Persistence.Wallets;

internal sealed class WalletMaps
    : IEntityTypeConfiguration<DepositWallet>,
        IEntityTypeConfiguration<WalletReservation>,
        IEntityTypeConfiguration<EncryptedMintKey>
{
    public void Configure(EntityTypeBuilder<DepositWallet> builder)
    {
        builder.HasKey(w => w.Id);
        builder.HasIndex(w => w.Address).IsUnique();
        builder.HasIndex(w => w.TrainingPoolId).IsUnique();
        builder.HasIndex(w => new { w.KeyVersion, w.Id });
        builder.HasIndex(w => w.BalanceCheckedAt);
        builder.HasIndex(w => w.HistoryReadAt);
        builder.HasOne<TrainingPool>().WithMany().HasForeignKey(w => w.TrainingPoolId).OnDelete(DeleteBehavior.Restrict);
    }

    public void Configure(EntityTypeBuilder<WalletReservation> builder)
    {
        builder.HasKey(r => r.Id);
        builder.HasIndex(r => r.WalletId).HasFilter("released_at IS NULL").HasDatabaseName("ix_wallet_reservations_open");
        builder.HasIndex(r => new { r.TransactionId, r.Mint }).IsUnique().AreNullsDistinct(false);
        builder.HasOne<DepositWallet>().WithMany().HasForeignKey(r => r.WalletId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<ChainTransaction>().WithMany().HasForeignKey(r => r.TransactionId).OnDelete(DeleteBehavior.Restrict);
    }

    public void Configure(EntityTypeBuilder<EncryptedMintKey> builder)
    {
        builder.HasKey(k => k.AgentId);
        builder.HasIndex(k => k.Mint).IsUnique();
        builder.HasOne<Agent>().WithMany().HasForeignKey(k => k.AgentId).OnDelete(DeleteBehavior.Restrict);
    }
}
