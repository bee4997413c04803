using System.Globalization;
using Clones.Messaging.Inbox;
using Clones.Messaging.Outbox;
using MassTransit;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Clones.Messaging.Sagas;

/// <summary>The statements that read and save many instances of one saga without row locks in between.</summary>
/// <param name="table">Delimited name.</param>
/// <param name="columns">Of the table, all of them: delimited name, property, mapping.</param>
internal sealed class SagaGroupStatements(
    string table,
    IReadOnlyList<(string Name, IProperty Property, RelationalTypeMapping Mapping)> columns
)
{
    private string? _save;

    /// <summary>SQL that loads instances, their ids in place of {0}.</summary>
    public string Read { get; } =
        $"SELECT {string.Join(", ", columns.Select(x => x.Name))} FROM {table} WHERE {NameOf(columns, nameof(ISaga.CorrelationId))} = ANY({{0}})";

    /// <summary>
    /// Saves each change whose version is still the stored one, with its mark and its messages, and nothing of any other. Returns the
    /// ordinals of the saved changes, then sequence number and owner of each message. A change that would be saved by half (its mark is
    /// new, but not its instance) fails the whole statement, with a division by zero.
    /// </summary>
    public NpgsqlBatchCommand Save<TSaga>(MessagingTables tables, SagaChange<TSaga>[] changes, Guid? owner, int blockingAttempts)
        where TSaga : class, ISaga
    {
        var command = new NpgsqlBatchCommand(_save ??= SaveSql(tables));
        var p = command.Parameters;
        p.Add(new() { NpgsqlDbType = NpgsqlDbType.Uuid, Value = (object?)owner ?? DBNull.Value });
        p.Add(new() { Value = blockingAttempts });
        p.Add(new() { Value = Array.ConvertAll(changes, x => x.Mark.MessageId) });
        p.Add(new() { Value = Array.ConvertAll(changes, x => x.Mark.ConsumerId) });
        p.Add(
            new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz, Value = Array.ConvertAll(changes, x => x.Mark.IdTime) }
        );
        p.Add(new() { Value = Array.ConvertAll(changes, x => x.Mark.Fingerprint) });
        p.Add(new() { Value = Array.ConvertAll(changes, x => x.Version) });
        p.Add(new() { Value = Array.ConvertAll(changes, x => x.Removed) });
        foreach (var (_, property, mapping) in columns)
        {
            p.Add(Column(property, mapping, changes));
        }

        OutboxMessage[] messages = [.. changes.SelectMany(x => x.Messages)];
        p.Add(new() { Value = changes.SelectMany((x, i) => x.Messages.Select(_ => i + 1)).ToArray() });
        p.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, Value = Array.ConvertAll(messages, x => x.PartitionKey) });
        OutboxRows.AddContent(p, messages);
        return command;
    }

    private string SaveSql(MessagingTables tables)
    {
        var lease = MessagingModelBuilderExtensions.LeaseSeconds.ToString(CultureInfo.InvariantCulture);
        var names = string.Join(", ", columns.Select(x => x.Name));
        var values = columns.Select((_, i) => $"c{i}").ToList();
        var key = NameOf(columns, nameof(ISaga.CorrelationId));
        var keyValue = values[IndexOf(columns, nameof(ISaga.CorrelationId))];
        var content = OutboxRows.ContentColumns;
        var first = 9 + columns.Count;
        return $"""
            WITH item AS MATERIALIZED (
                SELECT DISTINCT ON (message_id, consumer_id) *
                FROM unnest({Numbers(3, 6 + columns.Count)}) WITH ORDINALITY
                    AS i(message_id, consumer_id, id_time, fingerprint, version, removed, {string.Join(", ", values)}, n)
                ORDER BY message_id, consumer_id, n
            ), held AS MATERIALIZED (
                SELECT i.n FROM item i JOIN {table} s ON s.{key} = i.{keyValue} AND s.{NameOf(
                columns,
                nameof(ISagaVersion.Version)
            )} = i.version
                FOR UPDATE OF s SKIP LOCKED
            ), marked AS (
                {InboxMark.InsertInto(tables.Inbox)}
                SELECT message_id, consumer_id, {InboxMark.KeepUntil("id_time")}, fingerprint
                FROM item WHERE (version IS NULL OR n IN (SELECT n FROM held)) AND {InboxMark.IsRemembered(tables.Watermark, "id_time")}
                ON CONFLICT DO NOTHING RETURNING message_id, consumer_id
            ), go AS MATERIALIZED (
                SELECT item.* FROM item JOIN marked USING (message_id, consumer_id)
            ), made AS (
                INSERT INTO {table} ({names}) SELECT {string.Join(", ", values)} FROM go WHERE version IS NULL ORDER BY n
                ON CONFLICT DO NOTHING RETURNING 1
            ), changed AS (
                UPDATE {table} s SET {string.Join(", ", columns.Select((x, i) => $"{x.Name} = g.{values[i]}"))}
                FROM go g WHERE s.{key} = g.{keyValue} AND g.version IS NOT NULL AND NOT g.removed RETURNING 1
            ), gone AS (
                DELETE FROM {table} s USING go g WHERE s.{key} = g.{keyValue} AND g.removed RETURNING 1
            ), sent AS (
                INSERT INTO {tables.Outbox} (lease_owner, available_at, partition_key, {content})
                SELECT CASE WHEN l.held THEN $1 END,
                       CASE WHEN l.held THEN clock_timestamp() + interval '{lease} seconds' ELSE coalesce(m.enqueue_time, clock_timestamp()) END,
                       m.partition_key, {string.Join(", ", content.Split(", ").Select(x => "m." + x))}
                FROM unnest({Numbers(first, 2 + content.Split(", ").Length)}) WITH ORDINALITY AS m(n, partition_key, {content}, place)
                JOIN go ON go.n = m.n
                CROSS JOIN LATERAL (SELECT $1 IS NOT NULL AND m.enqueue_time IS NULL
                    AND NOT (m.partition_key IS NOT NULL AND {OutboxRows.HasEarlier(
                tables.Outbox,
                "m.partition_key",
                "$1",
                "$2"
            )}) AS held) l
                ORDER BY m.place
                RETURNING sequence_number, lease_owner
            )
            SELECT n, NULL::bigint, NULL::uuid FROM go
            UNION ALL SELECT NULL, sequence_number, lease_owner FROM sent
            UNION ALL SELECT 0, 0, NULL
                WHERE 1 / ((SELECT count(*) FROM go) = (SELECT count(*) FROM (TABLE made UNION ALL TABLE changed UNION ALL TABLE gone) s))::int = 0
            """;
    }

    private static NpgsqlParameter Column<TSaga>(IProperty property, RelationalTypeMapping mapping, SagaChange<TSaga>[] changes)
        where TSaga : class, ISaga
    {
        var type = mapping.Converter?.ProviderClrType ?? mapping.ClrType;
        var values = Array.CreateInstance(
            type.IsValueType && Nullable.GetUnderlyingType(type) is null ? typeof(Nullable<>).MakeGenericType(type) : type,
            changes.Length
        );
        var getter = property.GetGetter();
        for (var i = 0; i < changes.Length; i++)
        {
            var value = getter.GetClrValue(changes[i].Saga);
            values.SetValue(mapping.Converter is { } converter ? converter.ConvertToProvider(value) : value, i);
        }

        return new NpgsqlParameter { DataTypeName = mapping.StoreTypeNameBase + "[]", Value = values };
    }

    private static string Numbers(int first, int count) => string.Join(", ", Enumerable.Range(first, count).Select(x => $"${x}"));

    private static int IndexOf(IReadOnlyList<(string Name, IProperty Property, RelationalTypeMapping Mapping)> columns, string property) =>
        columns.TakeWhile(x => x.Property.Name != property).Count();

    private static string NameOf(
        IReadOnlyList<(string Name, IProperty Property, RelationalTypeMapping Mapping)> columns,
        string property
    ) => columns[IndexOf(columns, property)].Name;
}
