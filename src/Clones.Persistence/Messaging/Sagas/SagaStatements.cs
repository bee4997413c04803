using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Clones.Persistence.Messaging;

/// <summary>The hand-written statements for one saga's table, read from the model.</summary>
internal sealed class SagaStatements
{
    private static readonly ConcurrentDictionary<(IModel, Type), SagaStatements> Cache = new();

    private readonly List<(IProperty Property, RelationalTypeMapping Mapping)>? _columns;
    private readonly string _insert = "";

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
            && mapped.TrueForAll(x => x!.Property.ValueGenerated is ValueGenerated.Never || x.Property.IsPrimaryKey());
        if (!flat)
            return;
        _columns = [.. mapped.Select(x => (x!.Property, x.TypeMapping))];
        _insert =
            $"INSERT INTO {name} ({string.Join(", ", columns)}) VALUES ({string.Join(", ", columns.Select((_, i) => $"@p{i}"))}) ON CONFLICT DO NOTHING";
    }

    /// <summary>SQL that loads and locks one instance, its id in place of {0}.</summary>
    public string Lock { get; }

    public static SagaStatements Of<TSaga>(DbContext dbContext)
        where TSaga : class =>
        Cache.GetOrAdd(
            (dbContext.Model, typeof(TSaga)),
            static (key, db) =>
                new SagaStatements(
                    key.Item1.FindEntityType(key.Item2)
                        ?? throw new InvalidOperationException($"{db.GetType().Name} does not map the saga {key.Item2.Name}."),
                    db.GetService<ISqlGenerationHelper>()
                ),
            dbContext
        );

    /// <summary>
    /// Inserts the instance unless its key is taken. Null where the model has more than plain columns (owned types, values made by the
    /// database): then EF must do it.
    /// </summary>
    public NpgsqlCommand? InsertOrNothing(DbContext dbContext, object saga, NpgsqlTransaction transaction)
    {
        if (_columns is null)
            return null;
        var entry = dbContext.Entry(saga);
        var command = new NpgsqlCommand(_insert, transaction.Connection, transaction);
        for (var i = 0; i < _columns.Count; i++)
        {
            var (property, mapping) = _columns[i];
            command.Parameters.Add(mapping.CreateParameter(command, $"@p{i}", entry.Property(property).CurrentValue, property.IsNullable));
        }
        return command;
    }
}
