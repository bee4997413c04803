using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Clones.Messaging;

/// <summary>A statement that travels in front of the next query of a DbContext, in the same round trip.</summary>
internal sealed class StatementPrelude(NpgsqlBatchCommand statement, Action<DbDataReader>? onRow = null)
{
    private static readonly ConditionalWeakTable<DbContext, StatementPrelude> Attached = [];

    /// <summary>Whether the statement returned a row; null as long as it has not run.</summary>
    public bool? HadRow { get; private set; }

    public static IDisposable Attach(DbContext dbContext, StatementPrelude prelude)
    {
        Attached.Add(dbContext, prelude);
        return new Detachment(dbContext);
    }

    private async Task<DbDataReader> RunBeforeAsync(DbCommand query, CancellationToken cancellationToken)
    {
        var batch = new NpgsqlBatch((NpgsqlConnection)query.Connection!, (NpgsqlTransaction?)query.Transaction);
        batch.BatchCommands.Add(statement);
        var main = new NpgsqlBatchCommand(query.CommandText);
        foreach (NpgsqlParameter parameter in query.Parameters)
        {
            main.Parameters.Add(parameter.Clone());
        }

        batch.BatchCommands.Add(main);
        // The reader closes the batch's statements with itself; EF closes the reader.
        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        HadRow = false;
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            HadRow = true;
            onRow?.Invoke(reader);
        }

        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        return reader;
    }

    /// <summary>Registered with every DbContext of the messaging store; does nothing unless a prelude is attached.</summary>
    internal sealed class Interceptor : DbCommandInterceptor
    {
        public static readonly Interceptor Instance = new();

        public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command,
            CommandEventData eventData,
            InterceptionResult<DbDataReader> result,
            CancellationToken cancellationToken = default
        )
        {
            if (eventData.Context is { } dbContext && Attached.TryGetValue(dbContext, out var prelude) && prelude.HadRow is null)
            {
                return InterceptionResult<DbDataReader>.SuppressWithResult(
                    await prelude.RunBeforeAsync(command, cancellationToken).ConfigureAwait(false)
                );
            }

            return result;
        }
    }

    private sealed class Detachment(DbContext dbContext) : IDisposable
    {
        public void Dispose() => Attached.Remove(dbContext);
    }
}
