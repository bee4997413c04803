using Clones.Domain.Agents;
using Clones.Domain.Pools;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Clones.Persistence.Wallets;

internal sealed class WalletMaps
    : IEntityTypeConfiguration<DepositWallet>,
        IEntityTypeConfiguration<WalletReservation>,
        IEntityTypeConfiguration<ReservedTotal>,
        IEntityTypeConfiguration<DepositWalletKey>,
        IEntityTypeConfiguration<EncryptedMintKey>
{
    // By the database, so that it agrees with what is stored whoever wrote it: retiring a master key rests on it.
    private const string MasterKeyOfStored = """
        CASE
            WHEN position(':' in encrypted_private_key) = 0 THEN 'plaintext'
            WHEN encrypted_private_key ~ '^v[1-9][0-9]*:' THEN split_part(encrypted_private_key, ':', 1) || '-unbound'
            WHEN encrypted_private_key ~ '^k1:transit:vault:v[1-9][0-9]*:' THEN 'transit-' || split_part(encrypted_private_key, ':', 4)
            WHEN encrypted_private_key ~ '^k1:[1-9][0-9]*:' THEN 'v' || split_part(encrypted_private_key, ':', 2)
            ELSE 'unknown'
        END
        """;

    public void Configure(EntityTypeBuilder<DepositWallet> builder)
    {
        builder.HasKey(w => w.Id);
        builder.HasIndex(w => w.Address).IsUnique();
        builder.HasIndex(w => w.TrainingPoolId).IsUnique();
        // Which are due is asked by two indexes of expressions, which the migration makes by hand.
        builder.HasOne<TrainingPool>().WithMany().HasForeignKey(w => w.TrainingPoolId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne(w => w.Key).WithOne().HasForeignKey<DepositWalletKey>(k => k.WalletId);
        builder.Navigation(w => w.Key).IsRequired();
    }

    public void Configure(EntityTypeBuilder<DepositWalletKey> builder)
    {
        builder.ToTable("deposit_wallets");
        builder.HasKey(k => k.WalletId);
        builder.Property(k => k.WalletId).HasColumnName("id");
        builder.Property(k => k.EncryptedPrivateKey).HasColumnName("encrypted_private_key");
        builder.Property(k => k.MasterKey).HasColumnName("master_key").HasComputedColumnSql(MasterKeyOfStored, stored: true);
        builder.HasIndex(k => new { k.MasterKey, k.WalletId });
    }

    public void Configure(EntityTypeBuilder<WalletReservation> builder)
    {
        builder.HasKey(r => r.Id);
        builder.ChangedWhenYoung();
        builder.HasIndex(r => r.WalletId).HasFilter("released_at IS NULL").HasDatabaseName("ix_wallet_reservations_open");
        // The pages of the ledger.
        builder.HasIndex(r => new { r.WalletId, r.CreatedAt });
        builder.HasIndex(r => new { r.WalletId, r.ReleasedAt }).HasFilter("released_at IS NOT NULL");
        builder.HasIndex(r => new { r.TransactionId, r.Mint }).IsUnique().AreNullsDistinct(false);
        builder.HasOne<DepositWallet>().WithMany().HasForeignKey(r => r.WalletId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<ChainTransaction>().WithMany().HasForeignKey(r => r.TransactionId).OnDelete(DeleteBehavior.Restrict);
    }

    public void Configure(EntityTypeBuilder<ReservedTotal> builder)
    {
        builder.ToTable("reserved_totals");
        builder.HasKey(t => new { t.WalletId, t.Mint });
        builder.Property(t => t.Total).HasColumnType("numeric");
        builder.HasOne<DepositWallet>().WithMany().HasForeignKey(t => t.WalletId).OnDelete(DeleteBehavior.Restrict);
        builder.UpdatedInPlace();
    }

    public void Configure(EntityTypeBuilder<EncryptedMintKey> builder)
    {
        builder.HasKey(k => k.AgentId);
        builder.HasIndex(k => k.Mint).IsUnique();
        builder.Property(k => k.MasterKey).HasComputedColumnSql(MasterKeyOfStored, stored: true);
        builder.HasIndex(k => new { k.MasterKey, k.AgentId });
        builder.HasOne<Agent>().WithMany().HasForeignKey(k => k.AgentId).OnDelete(DeleteBehavior.Restrict);
    }
}
