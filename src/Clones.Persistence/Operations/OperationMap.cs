using Clones.Domain.Operations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Clones.Persistence.Operations;

internal sealed class OperationMap : IEntityTypeConfiguration<Operation>
{
    public void Configure(EntityTypeBuilder<Operation> builder)
    {
        builder.HasKey(o => o.Id);
        builder.HasIndex(o => new { o.Caller, o.IdempotencyKey }).IsUnique().HasFilter("idempotency_key IS NOT NULL");
    }
}
