using Clones.Domain.Access;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Clones.Persistence.Access;

internal sealed class AccessMaps
    : IEntityTypeConfiguration<ApiKey>,
        IEntityTypeConfiguration<SignInChallenge>,
        IEntityTypeConfiguration<SignInSession>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.HasKey(k => k.Id);
        builder.HasIndex(k => k.KeyHash).IsUnique();
    }

    public void Configure(EntityTypeBuilder<SignInChallenge> builder)
    {
        builder.HasKey(c => c.Nonce);
        builder.HasIndex(c => c.ExpiresAt);
    }

    public void Configure(EntityTypeBuilder<SignInSession> builder)
    {
        builder.HasKey(s => s.Id);
        builder.HasIndex(s => s.ExpiresAt);
        builder.HasIndex(s => s.Address);
    }
}
