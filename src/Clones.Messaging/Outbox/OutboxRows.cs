using System.Data;
using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace Clones.Messaging.Outbox;

/// <summary>The statements that put rows into the outbox, claim them and settle them. Every clock in them is the database's.</summary>
internal static class OutboxRows
{
    public const string ContentColumns =
        "message_id, request_id, correlation_id, conversation_id, initiator_id, source_address, destination_address, response_address, "
        + "fault_address, message_type, content_type, sent_time, expiration_time, enqueue_time, headers, properties, body";

    /// <summary>
    /// Inserts one row under the lease of <paramref name="owner"/>, unless an earlier row of its key is not this owner's: then the row
    /// is left free, because only the sweepers see the order across processes. Returns sequence number and owner.
    /// </summary>
    public static NpgsqlBatchCommand Insert(string table, OutboxMessage row, Guid? owner, int blockingAttempts)
    {
        var lease = MessagingModelBuilderExtensions.LeaseSeconds.ToString(CultureInfo.InvariantCulture);
        var keyed = row.PartitionKey is not null;
        var free = keyed ? HasEarlier(table, "$2", "$1", "$20") : "false";
        var command = new NpgsqlBatchCommand(
            $"""
            INSERT INTO {table} (lease_owner, available_at, partition_key, {ContentColumns})
            SELECT CASE WHEN l.held THEN $1 END,
                   CASE WHEN l.held THEN clock_timestamp() + interval '{lease} seconds' ELSE coalesce($16, clock_timestamp()) END,
                   $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19
            FROM (SELECT $1 IS NOT NULL AND $16 IS NULL AND NOT {free} AS held) l
            RETURNING sequence_number, lease_owner
            """
        );
        var p = command.Parameters;
        Add(p, NpgsqlDbType.Uuid, owner);
        Add(p, NpgsqlDbType.Text, row.PartitionKey);
        Add(p, NpgsqlDbType.Uuid, row.MessageId);
        Add(p, NpgsqlDbType.Uuid, row.RequestId);
        Add(p, NpgsqlDbType.Uuid, row.CorrelationId);
        Add(p, NpgsqlDbType.Uuid, row.ConversationId);
        Add(p, NpgsqlDbType.Uuid, row.InitiatorId);
        Add(p, NpgsqlDbType.Text, row.SourceAddress);
        Add(p, NpgsqlDbType.Text, row.DestinationAddress);
        Add(p, NpgsqlDbType.Text, row.ResponseAddress);
        Add(p, NpgsqlDbType.Text, row.FaultAddress);
        Add(p, NpgsqlDbType.Text, row.MessageType);
        Add(p, NpgsqlDbType.Text, row.ContentType);
        Add(p, NpgsqlDbType.TimestampTz, row.SentTime);
        Add(p, NpgsqlDbType.TimestampTz, row.ExpirationTime);
        Add(p, NpgsqlDbType.TimestampTz, row.EnqueueTime);
        Add(p, NpgsqlDbType.Text, row.Headers);
        Add(p, NpgsqlDbType.Text, row.Properties);
        Add(p, NpgsqlDbType.Text, row.Body);
        if (keyed)
        {
            p.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Integer, Value = blockingAttempts });
        }

        return command;
    }

    /// <summary>
    /// Inserts rows whose order does not matter, all by one statement: those with an owner under its lease, the others free from
    /// <see cref="OutboxMessage.AvailableAt"/> on. Returns message id and sequence number of each.
    /// </summary>
    public static NpgsqlCommand InsertMany(string table, IReadOnlyList<OutboxMessage> rows)
    {
        var lease = MessagingModelBuilderExtensions.LeaseSeconds.ToString(CultureInfo.InvariantCulture);
        var command = new NpgsqlCommand(
            $"""
            INSERT INTO {table} (lease_owner, available_at, {ContentColumns})
            SELECT m.lease_owner, CASE WHEN m.lease_owner IS NULL THEN m.available_at ELSE clock_timestamp() + interval '{lease} seconds' END,
                   {string.Join(", ", ContentColumns.Split(", ").Select(x => "m." + x))}
            FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
                AS m(lease_owner, available_at, {ContentColumns})
            RETURNING message_id, sequence_number
            """
        );
        Column(command.Parameters, rows, NpgsqlDbType.Uuid, x => x.LeaseOwner);
        Column<DateTime?>(command.Parameters, rows, NpgsqlDbType.TimestampTz, x => x.LeaseOwner is null ? x.AvailableAt : null);
        AddContent(command.Parameters, rows);
        return command;
    }

    /// <summary>One array for each of <see cref="ContentColumns"/>.</summary>
    public static void AddContent(NpgsqlParameterCollection parameters, IReadOnlyList<OutboxMessage> rows)
    {
        Column<Guid?>(NpgsqlDbType.Uuid, x => x.MessageId);
        Column(NpgsqlDbType.Uuid, x => x.RequestId);
        Column(NpgsqlDbType.Uuid, x => x.CorrelationId);
        Column(NpgsqlDbType.Uuid, x => x.ConversationId);
        Column(NpgsqlDbType.Uuid, x => x.InitiatorId);
        Column(NpgsqlDbType.Text, x => x.SourceAddress);
        Column(NpgsqlDbType.Text, x => x.DestinationAddress);
        Column(NpgsqlDbType.Text, x => x.ResponseAddress);
        Column(NpgsqlDbType.Text, x => x.FaultAddress);
        Column(NpgsqlDbType.Text, x => x.MessageType);
        Column(NpgsqlDbType.Text, x => x.ContentType);
        Column<DateTime?>(NpgsqlDbType.TimestampTz, x => x.SentTime);
        Column(NpgsqlDbType.TimestampTz, x => x.ExpirationTime);
        Column(NpgsqlDbType.TimestampTz, x => x.EnqueueTime);
        Column(NpgsqlDbType.Text, x => x.Headers);
        Column(NpgsqlDbType.Text, x => x.Properties);
        Column(NpgsqlDbType.Text, x => x.Body);

        void Column<T>(NpgsqlDbType type, Func<OutboxMessage, T> value) => OutboxRows.Column(parameters, rows, type, value);
    }

    /// <summary>An earlier row of the key lies under another name, so that this owner cannot tell whether it was sent.</summary>
    public static string HasEarlier(string table, string key, string owner, string blockingAttempts) =>
        $"EXISTS (SELECT 1 FROM {table} e WHERE e.partition_key = {key} AND e.lease_owner IS DISTINCT FROM {owner} AND e.attempts < {blockingAttempts})";

    /// <summary>
    /// Leases up to $2 rows that are due to owner $1. Of a key only its first row may be claimed, and with it the run of rows behind it
    /// that are due too: whoever holds the first holds the key. A row that failed $3 times no longer counts as first.
    /// </summary>
    public static NpgsqlCommand Claim(string table, Guid owner, int limit, int blockingAttempts)
    {
        var lease = MessagingModelBuilderExtensions.LeaseSeconds.ToString(CultureInfo.InvariantCulture);
        var command = new NpgsqlCommand(
            $"""
            WITH heads AS (
                SELECT o.sequence_number, o.partition_key FROM {table} o
                WHERE o.available_at <= clock_timestamp()
                  AND (o.partition_key IS NULL OR NOT EXISTS (
                      SELECT 1 FROM {table} e
                      WHERE e.partition_key = o.partition_key AND e.sequence_number < o.sequence_number AND e.attempts < $3))
                ORDER BY o.available_at LIMIT $2 FOR UPDATE OF o SKIP LOCKED
            ), claimed AS (
                SELECT sequence_number FROM heads
                UNION
                SELECT f.sequence_number FROM heads h CROSS JOIN LATERAL (
                    SELECT n.sequence_number, bool_and(n.available_at <= clock_timestamp()) OVER (ORDER BY n.sequence_number) AS due
                    FROM (SELECT sequence_number, available_at FROM {table}
                          WHERE partition_key = h.partition_key AND sequence_number > h.sequence_number
                          ORDER BY sequence_number LIMIT 50) n) f
                WHERE f.due
            )
            UPDATE {table} u SET lease_owner = $1, available_at = clock_timestamp() + interval '{lease} seconds'
            FROM claimed WHERE u.sequence_number = claimed.sequence_number
            RETURNING u.sequence_number, u.partition_key, u.attempts, {string.Join(", ", ContentColumns.Split(", ").Select(x => "u." + x))}
            """
        );
        command.Parameters.Add(new NpgsqlParameter { Value = owner });
        command.Parameters.Add(new NpgsqlParameter { Value = limit });
        command.Parameters.Add(new NpgsqlParameter { Value = blockingAttempts });
        return command;
    }

    public static OutboxMessage Read(NpgsqlDataReader reader)
    {
        var column = 0;
        return new OutboxMessage
        {
            SequenceNumber = reader.GetInt64(column++),
            PartitionKey = Text(),
            Attempts = reader.GetInt32(column++),
            MessageId = reader.GetGuid(column++),
            RequestId = Id(),
            CorrelationId = Id(),
            ConversationId = Id(),
            InitiatorId = Id(),
            SourceAddress = Text(),
            DestinationAddress = reader.GetString(column++),
            ResponseAddress = Text(),
            FaultAddress = Text(),
            MessageType = reader.GetString(column++),
            ContentType = reader.GetString(column++),
            SentTime = reader.GetDateTime(column++),
            ExpirationTime = Time(),
            EnqueueTime = Time(),
            Headers = Text(),
            Properties = Text(),
            Body = reader.GetString(column++),
        };

        string? Text() => reader.IsDBNull(column++) ? null : reader.GetString(column - 1);
        Guid? Id() => reader.IsDBNull(column++) ? null : reader.GetGuid(column - 1);
        DateTime? Time() => reader.IsDBNull(column++) ? null : reader.GetDateTime(column - 1);
    }

    public static NpgsqlCommand Delete(string table, long[] sequenceNumbers) =>
        new($"DELETE FROM {table} WHERE sequence_number = ANY($1)") { Parameters = { new() { Value = sequenceNumbers } } };

    /// <summary>Gives rows back after <paramref name="delay"/>; with <paramref name="rejected"/> the failure counts as one of the message.</summary>
    public static NpgsqlCommand Release(string table, long[] sequenceNumbers, TimeSpan delay, string? error, bool rejected) =>
        new(
            $"""
            UPDATE {table} SET lease_owner = NULL, available_at = clock_timestamp() + $2, last_error = coalesce($3, last_error),
                attempts = attempts + $4
            WHERE sequence_number = ANY($1)
            """
        )
        {
            Parameters =
            {
                new() { Value = sequenceNumbers },
                new() { Value = delay },
                new() { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)error ?? DBNull.Value },
                new() { Value = rejected ? 1 : 0 },
            },
        };

    private static void Column<T>(
        NpgsqlParameterCollection parameters,
        IReadOnlyList<OutboxMessage> rows,
        NpgsqlDbType type,
        Func<OutboxMessage, T> value
    ) => parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | type, Value = rows.Select(value).ToArray() });

    private static void Add(NpgsqlParameterCollection parameters, NpgsqlDbType type, object? value) =>
        parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value ?? DBNull.Value });
}
