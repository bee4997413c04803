using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Clones.Messaging.Outbox;

/// <summary>
/// Writes back what became of rows: delivered ones are deleted many at a time, others are given back. A delete that is lost leaves the
/// row to the sweeper, which sends the message again under the same id.
/// </summary>
internal sealed class OutboxSettlement<TDbContext>(
    IServiceScopeFactory scopes,
    TimeProvider time,
    ILogger<OutboxSettlement<TDbContext>> logger
)
    where TDbContext : DbContext
{
    private static readonly TimeSpan GatherFor = TimeSpan.FromMilliseconds(20);
    private const int DeleteLimit = 500;

    private readonly Channel<long> _delivered = Channel.CreateUnbounded<long>(new() { SingleReader = true });

    public void Delivered(long sequenceNumber) => _delivered.Writer.TryWrite(sequenceNumber);

    public async Task ReleaseAsync(IEnumerable<OutboxMessage> rows, TimeSpan delay, string? error, bool rejected)
    {
        var numbers = rows.Select(x => x.SequenceNumber).ToArray();
        if (numbers.Length == 0)
        {
            return;
        }

        await ExecuteAsync(table => OutboxRows.Release(table, numbers, delay, error, rejected)).ConfigureAwait(false);
    }

    /// <summary>Deletes delivered rows until cancelled, then deletes what is left.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var numbers = new List<long>(DeleteLimit);
        try
        {
            while (await _delivered.Reader.WaitToReadAsync(stopping).ConfigureAwait(false))
            {
                // The pause turns many small deletes into one; rows are safe meanwhile, their lease is far longer.
                await Task.Delay(GatherFor, time, stopping).ConfigureAwait(false);
                await DeleteAsync(numbers).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested) { }
        await DeleteAsync(numbers).ConfigureAwait(false);
    }

    private async Task DeleteAsync(List<long> numbers)
    {
        while (true)
        {
            numbers.Clear();
            while (numbers.Count < DeleteLimit && _delivered.Reader.TryRead(out var number))
            {
                numbers.Add(number);
            }

            if (numbers.Count == 0)
            {
                return;
            }

            try
            {
                await ExecuteAsync(table => OutboxRows.Delete(table, [.. numbers])).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException or ObjectDisposedException)
            {
                logger.LogWarning(exception, "{Count} delivered messages stay in the outbox and will be sent again", numbers.Count);
                return;
            }
        }
    }

    private async Task ExecuteAsync(Func<string, NpgsqlCommand> statement)
    {
        await using var scope = scopes.CreateAsyncScope();
        var dbContext = scope.ServiceProvider.GetRequiredService<TDbContext>();
        await dbContext.Database.OpenConnectionAsync().ConfigureAwait(false);
        await using var command = statement(MessagingTables.Of(dbContext).Outbox);
        command.Connection = (NpgsqlConnection)dbContext.Database.GetDbConnection();
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }
}
