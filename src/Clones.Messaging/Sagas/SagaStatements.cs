using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Clones.Messaging.Sagas;

/// <summary>The hand-written statements for one saga's table, read from the model.</summary>
internal sealed class SagaStatements
{
    private static readonly ConcurrentDictionary<(IModel, Type), SagaStatements> Cache = new();

    // Only makes parameters; it is never executed and holds nothing.
    private static readonly NpgsqlCommand ParameterSource = new();

    private readonly List<(IProperty Property, RelationalTypeMapping Mapping)>? _columns;
    private readonly string _insert = "";
    private readonly string _update = "";

    private SagaStatements(IEntityType entity, ISqlGenerationHelper sql)
    {
        var table =
            entity.GetTableMappings().FirstOrDefault()?.Table
            ?? throw new InvalidOperationException($"{entity.DisplayName()} is not mapped to a table.");
        var name = sql.DelimitIdentifier(table.Name, table.Schema);
        var key = entity
            .GetProperty(nameof(MassTransit.ISaga.CorrelationId))
            .GetColumnName(StoreObjectIdentifier.Table(table.Name, table.Schema))!;
        // Columns by name: a star would leave out xmin, which may be mapped as the row version.
        var columns = table.Columns.Select(x => sql.DelimitIdentifier(x.Name)).ToList();
        Lock = $"SELECT {string.Join(", ", columns)} FROM {name} WHERE {sql.DelimitIdentifier(key)} = {{0}} FOR UPDATE";

        var mapped = table.Columns.Select(x => x.PropertyMappings.FirstOrDefault(m => m.Property.DeclaringType == entity)).ToList();
        var flat =
            table.EntityTypeMappings.Count() == 1
            && mapped.TrueForAll(x => x is { Property.ValueGenerated: ValueGenerated.Never or ValueGenerated.OnAdd })
            && mapped.TrueForAll(x => x!.Property.ValueGenerated is ValueGenerated.Never || x.Property.IsPrimaryKey())
            && mapped.TrueForAll(x => !x!.Property.IsConcurrencyToken);
        if (!flat)
        {
            return;
        }

        _columns = [.. mapped.Select(x => (x!.Property, x.TypeMapping))];
        if (
            typeof(MassTransit.ISagaVersion).IsAssignableFrom(entity.ClrType)
            && _columns.TrueForAll(x => !x.Property.IsShadowProperty() && !x.Mapping.StoreType.EndsWith(']'))
        )
        {
            Group = new(name, [.. columns.Zip(_columns, (column, x) => (column, x.Property, x.Mapping))]);
        }

        _insert = $"INSERT INTO {name} ({string.Join(", ", columns)}) VALUES ({string.Join(", ", columns.Select((_, i) => $"${i + 1}"))})";
        _update =
            $"UPDATE {name} SET {string.Join(", ", columns.Select((x, i) => $"{x} = ${i + 1}"))} WHERE {sql.DelimitIdentifier(key)} = ${_columns.FindIndex(x => x.Property.IsPrimaryKey()) + 1}";
    }

    /// <summary>The saga is nothing but columns that its properties fill: no owned types, no values made by the database, no tokens.</summary>
    public bool IsFlat => _columns is not null;

    /// <summary>Statements for many instances; null where it has no version, or columns that an array cannot hold.</summary>
    public SagaGroupStatements? Group { get; }

    /// <summary>SQL that loads and locks one instance, its id in place of {0}.</summary>
    public string Lock { get; }

    public static SagaStatements Of<TSaga>(DbContext dbContext)
        where TSaga : class => Of(dbContext, typeof(TSaga));

    public static SagaStatements Of(DbContext dbContext, Type saga) =>
        Cache.GetOrAdd(
            (dbContext.Model, saga),
            static (key, db) =>
                new SagaStatements(
                    key.Item1.FindEntityType(key.Item2)
                        ?? throw new InvalidOperationException($"{db.GetType().Name} does not map the saga {key.Item2.Name}."),
                    db.GetService<ISqlGenerationHelper>()
                ),
            dbContext
        );

    /// <summary>Inserts the instance unless its key is taken.</summary>
    public NpgsqlBatchCommand InsertOrNothing(EntityEntry saga) => Fill(_insert + " ON CONFLICT DO NOTHING", saga);

    public NpgsqlBatchCommand Insert(EntityEntry saga) => Fill(_insert, saga);

    /// <summary>Writes every column: one statement for all changes is planned once.</summary>
    public NpgsqlBatchCommand Update(EntityEntry saga) => Fill(_update, saga);

    private NpgsqlBatchCommand Fill(string sql, EntityEntry saga)
    {
        if (_columns is null)
        {
            throw new InvalidOperationException($"{saga.Metadata.DisplayName()} is not flat.");
        }

        var command = new NpgsqlBatchCommand(sql);
        foreach (var (property, mapping) in _columns)
        {
            var parameter = mapping.CreateParameter(ParameterSource, "p", saga.Property(property).CurrentValue, property.IsNullable);
            // Positional, as the statements are: named ones make the driver rewrite the text every time.
            parameter.ParameterName = "";
            command.Parameters.Add(parameter);
        }
        return command;
    }
}
