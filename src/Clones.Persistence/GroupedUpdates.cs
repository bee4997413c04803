using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace Clones.Persistence;

/// <summary>Writes changes of many rows by one statement, where EF writes a statement for each row.</summary>
public static class GroupedUpdates
{
    /// <summary>
    /// Writes the changed rows of a type that changed in the same columns together, within the open database transaction. To be called before
    /// <c>SaveChangesAsync</c>, which writes the rest: new rows, single rows, and rows that now point to others, which may be new. Without an
    /// open transaction nothing is written here. Entries count as unchanged from here on: after a failed commit the context is done with.
    /// </summary>
    /// <exception cref="DbUpdateConcurrencyException">A row is gone.</exception>
    public static async Task UpdateInGroupsAsync(this DbContext db, CancellationToken cancellationToken)
    {
        if (db.Database.CurrentTransaction is null)
        {
            return;
        }

        db.ChangeTracker.DetectChanges();
        var groups = db
            .ChangeTracker.Entries()
            .Where(e => e.State == EntityState.Modified && HasTableOfItsOwn(e.Metadata))
            .Select(e => (Entry: e, Columns: e.Properties.Where(p => p.IsModified).Select(p => p.Metadata).ToList()))
            .Where(e =>
                e.Columns.Count > 0 && e.Columns.TrueForAll(p => !p.IsForeignKey() && p.FindTypeMapping()?.ElementTypeMapping is null)
            )
            .GroupBy(e => (e.Entry.Metadata, string.Join(',', e.Columns.Select(p => p.Name))))
            .Where(g => g.Count() > 1)
            .Select(g => (Entries: g.Select(e => e.Entry).ToList(), g.First().Columns))
            .ToList();
        foreach (var (entries, columns) in groups)
        {
            await db.UpdateAsync(entries, columns, cancellationToken);
        }
    }

    // A row with a version, or with columns that the database computes, is EF's: it compares, and reads back.
    private static bool HasTableOfItsOwn(IEntityType type) =>
        type.GetTableMappings().Take(2).ToList() is [{ Table.EntityTypeMappings: var types }]
        && types.Count() == 1
        && !type.GetProperties().Any(p => p.IsConcurrencyToken || p.ValueGenerated.HasFlag(ValueGenerated.OnUpdate));

    private static async Task UpdateAsync(
        this DbContext db,
        List<EntityEntry> entries,
        List<IProperty> columns,
        CancellationToken cancellationToken
    )
    {
        var type = entries[0].Metadata;
        var table = StoreObjectIdentifier.Create(type, StoreObjectType.Table)!.Value;
        var keys = type.FindPrimaryKey()!.Properties;
        List<IProperty> all = [.. keys, .. columns];
        var sql = db.GetService<ISqlGenerationHelper>();
        var names = all.ConvertAll(p => sql.DelimitIdentifier(p.GetColumnName(table)!));
        var assignments = names.Skip(keys.Count).Select(n => $"{n} = v.{n}");
        var matches = names.Take(keys.Count).Select(n => $"t.{n} = v.{n}");
        var arrays = all.Select((p, i) => $"@p{i}::{p.GetRelationalTypeMapping().StoreType}[]");

        var connection = db.Database.GetDbConnection();
        await using var command = connection.CreateCommand();
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
#pragma warning disable CA2100 // of names in the model only
        command.CommandText =
            $"UPDATE {sql.DelimitIdentifier(table.Name, table.Schema)} AS t SET {string.Join(", ", assignments)} FROM unnest({string.Join(", ", arrays)}) "
            + $"AS v ({string.Join(", ", names)}) WHERE {string.Join(" AND ", matches)}";
#pragma warning restore CA2100
        var mappings = db.GetService<IRelationalTypeMappingSource>();
        foreach (var (index, property) in all.Index())
        {
            command.Parameters.Add(Parameter(command, mappings, db.Model, $"p{index}", property, entries));
        }
        var written = await command.ExecuteNonQueryAsync(cancellationToken);
        if (written != entries.Count)
        {
            throw new DbUpdateConcurrencyException($"{written} of {entries.Count} rows of {table.Name} were there to be written.");
        }
        foreach (var entry in entries)
        {
            entry.OriginalValues.SetValues(entry.CurrentValues);
            entry.State = EntityState.Unchanged;
        }
    }

    private static DbParameter Parameter(
        DbCommand command,
        IRelationalTypeMappingSource mappings,
        IModel model,
        string name,
        IProperty property,
        List<EntityEntry> entries
    )
    {
        var element = property.ClrType.IsValueType && property.IsNullable ? Nullable(property.ClrType) : property.ClrType;
        var values = Array.CreateInstance(element, entries.Count);
        for (var i = 0; i < entries.Count; i++)
        {
            values.SetValue(entries[i].Property(property).CurrentValue, i);
        }
        var mapping =
            (RelationalTypeMapping?)mappings.FindMapping(values.GetType(), model, property.GetRelationalTypeMapping())
            ?? throw new InvalidOperationException($"{property.DeclaringType.Name}.{property.Name} cannot be written in an array.");
        return mapping.CreateParameter(command, name, values);
    }

    private static Type Nullable(Type type) =>
        System.Nullable.GetUnderlyingType(type) is null ? typeof(Nullable<>).MakeGenericType(type) : type;
}
