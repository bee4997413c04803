using Clones.Bench.Acceptance;
using Clones.Domain;
using Npgsql;

namespace Clones.Bench.Payments;

/// <summary>When the payments of a run were accepted and completed, as their rows say.</summary>
/// <param name="Completed">How many are.</param>
/// <param name="PerSecond">From the first accepted to the last completed.</param>
/// <param name="SteadyPerSecond">Between a tenth and nine tenths of them completed.</param>
/// <param name="P50Seconds">From acceptance to completion.</param>
/// <param name="P99Seconds">The same.</param>
internal sealed record PaymentTimes(int Completed, double PerSecond, double SteadyPerSecond, double P50Seconds, double P99Seconds)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>Without one more completed payment for so long nothing comes any more.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Waits until so many payments, which are accepted by now, are completed.</summary>
    /// <param name="database">Where they are stored.</param>
    /// <param name="payments">How many.</param>
    /// <param name="since">Without those that were accepted before.</param>
    /// <exception cref="TimeoutException">For two minutes not one transaction ended.</exception>
    public static async Task UntilCompletedAsync(NpgsqlDataSource database, int payments, DateTimeOffset since = default)
    {
        var (open, at) = (long.MaxValue, TimeProvider.System.GetTimestamp());
        while (open > 0 || await CompletedAsync(database, since) < payments)
        {
            await Task.Delay(LookEvery);
            // Their index holds the open ones alone: to count payments all the time would be part of the load.
            await using var count = database.CreateCommand(
                "SELECT count(*) FROM transactions WHERE kind = 'PAYMENT' AND status NOT IN ('FINALIZED', 'FAILED', 'CANCELLED')"
            );
            var now = (long)(await count.ExecuteScalarAsync())!;
            if (now < open)
            {
                (open, at) = (now, TimeProvider.System.GetTimestamp());
            }
            else if (TimeProvider.System.GetElapsedTime(at) > Patience)
            {
                throw new TimeoutException($"{now} transactions of {payments} payments are open, and none has ended for {Patience}.");
            }
        }
    }

    private static async Task<long> CompletedAsync(NpgsqlDataSource database, DateTimeOffset since)
    {
        await using var count = database.CreateCommand("SELECT count(*) FROM payments WHERE status = 'COMPLETED' AND id >= $1");
        count.Parameters.Add(new NpgsqlParameter { Value = OrderedId.FloorOf(since.ToUnixTimeMilliseconds()) });
        return (long)(await count.ExecuteScalarAsync())!;
    }

    /// <param name="database">Where they are stored.</param>
    /// <param name="ofCeiling">Those that the hand-written ceiling has paid, or those of the product.</param>
    /// <param name="since">Without those that were accepted before.</param>
    public static async Task<PaymentTimes> ReadAsync(NpgsqlDataSource database, bool ofCeiling, DateTimeOffset since)
    {
        await using var command = database.CreateCommand(
            """
            SELECT count(*), extract(epoch FROM max(done) - min(created_at))::float8,
                extract(epoch FROM percentile_disc(0.9) WITHIN GROUP (ORDER BY done) - percentile_disc(0.1) WITHIN GROUP (ORDER BY done))::float8,
                percentile_cont(0.5) WITHIN GROUP (ORDER BY took), percentile_cont(0.99) WITHIN GROUP (ORDER BY took)
            FROM (
                SELECT created_at, completed_at AS done, extract(epoch FROM completed_at - created_at)::float8 AS took FROM payments
                WHERE status = 'COMPLETED' AND (caller = $1) = $2 AND created_at >= $3 AND id >= $4
            ) AS p
            """
        );
        foreach (var value in (object[])[AcceptedRows.Caller, ofCeiling, since, OrderedId.FloorOf(since.ToUnixTimeMilliseconds())])
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        var count = (int)reader.GetInt64(0);
        var (whole, middle) = (reader.GetDouble(1), reader.GetDouble(2));
        // A run that ends in one commit has no middle.
        return new(count, count / whole, middle > 0 ? 0.8 * count / middle : count / whole, reader.GetDouble(3), reader.GetDouble(4));
    }
}
