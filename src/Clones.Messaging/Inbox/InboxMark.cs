using Npgsql;
using NpgsqlTypes;

namespace Clones.Messaging.Inbox;

/// <summary>One message at one consumer, on its way into the inbox.</summary>
/// <param name="MessageId">The id by which duplicates are recognised.</param>
/// <param name="ConsumerId">Consumer, message type and endpoint.</param>
/// <param name="IdTime">The time that the id itself carries; null where it carries none.</param>
/// <param name="Fingerprint">Of the body.</param>
internal sealed record InboxMark(Guid MessageId, Guid ConsumerId, DateTime? IdTime, long Fingerprint)
{
    /// <summary>The mark is in the open transaction.</summary>
    public bool Written { get; set; }

    /// <summary>
    /// Returns a row when the mark was new, and none when it exists or when the id is older than the watermark. The watermark is read
    /// in the statement that inserts, so a purge cannot pass between the two.
    /// </summary>
    public NpgsqlBatchCommand Statement(MessagingTables tables)
    {
        var command = new NpgsqlBatchCommand(
            $"""
            {InsertInto(tables.Inbox)}
            SELECT $1, $2, {KeepUntil("$3")}, $4 WHERE {IsRemembered(tables.Watermark, "$3")}
            ON CONFLICT DO NOTHING RETURNING 1
            """
        );
        command.Parameters.Add(new NpgsqlParameter { Value = MessageId });
        command.Parameters.Add(new NpgsqlParameter { Value = ConsumerId });
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.TimestampTz, Value = (object?)IdTime ?? DBNull.Value });
        command.Parameters.Add(new NpgsqlParameter { Value = Fingerprint });
        return command;
    }

    /// <summary>Returns message, consumer and fingerprint of those marks that exist.</summary>
    public static NpgsqlBatchCommand Handled(MessagingTables tables, InboxMark[] marks) =>
        new(
            $"""
            SELECT message_id, consumer_id, fingerprint FROM unnest($1, $2) AS i(message_id, consumer_id)
            JOIN {tables.Inbox} USING (message_id, consumer_id)
            """
        )
        {
            Parameters =
            {
                new() { Value = Array.ConvertAll(marks, x => x.MessageId) },
                new() { Value = Array.ConvertAll(marks, x => x.ConsumerId) },
            },
        };

    public static string InsertInto(string inbox) => $"INSERT INTO {inbox} (message_id, consumer_id, keep_until, fingerprint)";

    public static string KeepUntil(string idTime) =>
        $"CASE WHEN {idTime} IS NULL THEN 'infinity' ELSE greatest({idTime}, clock_timestamp()) END";

    /// <summary>A mark of a message of that time would still be there.</summary>
    public static string IsRemembered(string watermark, string idTime) =>
        $"({idTime} IS NULL OR NOT EXISTS (SELECT 1 FROM {watermark} WHERE purged_before > {idTime}))";

    /// <exception cref="MessageTooOldException">No mark, and the id is older than the marks that are kept.</exception>
    /// <exception cref="MessageIdReusedException">The mark belongs to another message.</exception>
    public async Task EnsureDuplicateAsync(NpgsqlTransaction transaction, MessagingTables tables, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"SELECT fingerprint FROM {tables.Inbox} WHERE message_id = $1 AND consumer_id = $2",
            transaction.Connection,
            transaction
        );
        command.Parameters.Add(new NpgsqlParameter { Value = MessageId });
        command.Parameters.Add(new NpgsqlParameter { Value = ConsumerId });
        var known = (long?)await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        if (known is null)
        {
            throw new MessageTooOldException(MessageId, IdTime ?? DateTime.MinValue);
        }

        if (known != Fingerprint)
        {
            throw new MessageIdReusedException(MessageId);
        }
    }
}
