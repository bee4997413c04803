using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Clones.Persistence;

/// <summary>How PostgreSQL keeps tables that change much (docs/decisions/0015-retention.md).</summary>
internal static class StorageSettings
{
    /// <summary>
    /// Each row changes several times in its first minute and never again. By default a fifth of the table would be dead before it is cleaned up, however
    /// large it has grown.
    /// </summary>
    public static void ChangedWhenYoung<TEntity>(this EntityTypeBuilder<TEntity> builder)
        where TEntity : class
    {
        builder.HasStorageParameter("autovacuum_vacuum_scale_factor", 0.02);
        builder.HasStorageParameter("autovacuum_analyze_scale_factor", 0.02);
    }

    /// <summary>The same rows change all the time, in columns without an index: with room on its page a row's next version needs no index entry.</summary>
    public static void UpdatedInPlace<TEntity>(this EntityTypeBuilder<TEntity> builder)
        where TEntity : class => builder.HasStorageParameter("fillfactor", 70);
}
