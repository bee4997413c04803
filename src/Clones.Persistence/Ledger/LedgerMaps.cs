using Clones.Domain.Ledger;
using Clones.Domain.Wallets;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Clones.Persistence.Ledger;

internal sealed class LedgerMaps
    : IEntityTypeConfiguration<OnChainTransaction>,
        IEntityTypeConfiguration<WalletMovement>,
        IEntityTypeConfiguration<WalletTotal>,
        IEntityTypeConfiguration<WalletScan>,
        IEntityTypeConfiguration<WalletComparison>,
        IEntityTypeConfiguration<SigningFence>
{
    public void Configure(EntityTypeBuilder<OnChainTransaction> builder)
    {
        builder.ToTable("on_chain_transactions");
        builder.HasKey(l => l.Signature);
        builder.HasIndex(l => l.TransactionId);
        builder.HasIndex(l => l.WalletId);
        // Acceptance searches it under locks: what is inserted is in the index at once, and what has no tags is not in it.
        builder
            .HasIndex(l => l.PaymentTags)
            .HasMethod("gin")
            .HasStorageParameter("fastupdate", false)
            .HasFilter("payment_tags IS NOT NULL");
        builder.HasOne<DepositWallet>().WithMany().HasForeignKey(l => l.WalletId).OnDelete(DeleteBehavior.Restrict);
    }

    public void Configure(EntityTypeBuilder<WalletMovement> builder)
    {
        builder.ToTable("wallet_movements");
        builder.HasKey(m => new
        {
            m.WalletId,
            m.Signature,
            m.Ordinal,
        });

        // Few, and asked for at every reading of a wallet.
        builder.HasIndex(m => m.WalletId).HasFilter("unparsed_by_version IS NOT NULL").HasDatabaseName("ix_wallet_movements_unparsed");

        // Later than a slot: what the total of a wallet is ahead of a balance.
        builder.HasIndex(m => new { m.WalletId, m.Slot });

        // A u64 with a sign.
        builder.Property(m => m.Delta).HasColumnType("numeric(21,0)");
        builder.HasOne<DepositWallet>().WithMany().HasForeignKey(m => m.WalletId).OnDelete(DeleteBehavior.Restrict);
    }

    public void Configure(EntityTypeBuilder<WalletTotal> builder)
    {
        builder.ToTable("wallet_totals");
        builder.HasKey(t => new { t.WalletId, t.Mint });
        builder.Property(t => t.Total).HasColumnType("numeric");
        builder.HasOne<DepositWallet>().WithMany().HasForeignKey(t => t.WalletId).OnDelete(DeleteBehavior.Restrict);
        builder.UpdatedInPlace();
    }

    public void Configure(EntityTypeBuilder<WalletScan> builder)
    {
        builder.ToTable("wallet_scans");
        builder.HasKey(s => new { s.WalletId, s.Address });
        builder.UpdatedInPlace();
        builder.HasOne<DepositWallet>().WithMany().HasForeignKey(s => s.WalletId).OnDelete(DeleteBehavior.Restrict);
    }

    public void Configure(EntityTypeBuilder<WalletComparison> builder)
    {
        builder.ToTable("wallet_comparisons");
        builder.HasKey(c => c.WalletId);
        builder.HasOne<DepositWallet>().WithOne().HasForeignKey<WalletComparison>(c => c.WalletId).OnDelete(DeleteBehavior.Restrict);
    }

    public void Configure(EntityTypeBuilder<SigningFence> builder)
    {
        builder.ToTable("signing_fence", t => t.HasCheckConstraint("ck_signing_fence_one_row", "id = 1"));
        builder.HasKey(f => f.Id);
        builder.Property(f => f.Id).ValueGeneratedNever();
    }
}
