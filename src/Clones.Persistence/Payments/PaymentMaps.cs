using Clones.Domain.Payments;
using Clones.Domain.Pools;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Clones.Persistence.Payments;

internal sealed class PaymentMaps : IEntityTypeConfiguration<Payment>, IEntityTypeConfiguration<RewardDecision>
{
    public void Configure(EntityTypeBuilder<Payment> builder)
    {
        builder.ToTable(t => t.HasCheckConstraint("ck_payments_amount", "amount > 0"));
        builder.HasKey(p => p.Id);
        builder.ChangedWhenYoung();
        builder.UpdatedInPlace();
        builder.Ignore(p => p.Tag);
        builder.HasIndex(p => new { p.Caller, p.IdempotencyKey }).IsUnique();
        builder.HasIndex(p => p.TransactionId);
        // Lists go by id, which is in the order of time.
        builder.HasIndex(p => new { p.TrainingPoolId, p.Id });
        builder.HasIndex(p => new { p.Recipient, p.Id });
        builder.HasIndex(p => new { p.Reference, p.Id }).HasFilter("reference IS NOT NULL");
        builder.HasIndex(p => new { p.WalletId, p.Mint });
        builder.HasOne<TrainingPool>().WithMany().HasForeignKey(p => p.TrainingPoolId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<DepositWallet>().WithMany().HasForeignKey(p => p.WalletId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<ChainTransaction>().WithMany().HasForeignKey(p => p.TransactionId).OnDelete(DeleteBehavior.Restrict);
    }

    public void Configure(EntityTypeBuilder<RewardDecision> builder)
    {
        builder.HasKey(d => d.SubmissionId);
        builder.Property(d => d.Id).HasDefaultValueSql("gen_random_uuid()");
        builder.HasIndex(d => new { d.TrainingPoolId, d.Id }).IsUnique();
        builder.HasIndex(d => new { d.TrainingPoolId, d.Submitter });
        builder.HasIndex(d => new
        {
            d.TrainingPoolId,
            d.TaskId,
            d.Id,
        });
    }
}
