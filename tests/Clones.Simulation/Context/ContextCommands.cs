using Clones.Domain.Transactions;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace Clones.Simulation.Context;

/// <summary>Statements that only do something: the commit that follows is on disk, as every commit here is; a transaction is looked at again.</summary>
internal sealed class ContextCommands : IRawSqlCommandBuilder
{
    public RawSqlCommand Build(string sql, IEnumerable<object?> parameters)
    {
        object?[] given = [.. parameters];
        var act =
            sql.Contains("set_config('synchronous_commit'", StringComparison.Ordinal) ? _ => { }
            : sql.Contains("UPDATE transactions SET next_check_at", StringComparison.Ordinal)
                ? seat => CheckAgain(seat, (TimeSpan)given[0]!, (Guid[])given[1]!)
            : (Action<SimulatedContext>?)null;
        return new RawSqlCommand(
            new RoundTrip(act ?? throw new NotSupportedException($"The simulated database does not know: {sql}")),
            new Dictionary<string, object?>()
        );
    }

    public RawSqlCommand Build(string sql, IEnumerable<object?> parameters, IModel model) => Build(sql, parameters);

    public IRelationalCommand Build(string sql) => Build(sql, []).RelationalCommand;

    private static void CheckAgain(SimulatedContext seat, TimeSpan after, Guid[] ids)
    {
        var session = seat.Session ?? throw new NotSupportedException("This commits with others here.");
        foreach (var transaction in seat.View(typeof(ChainTransaction)).Cast<ChainTransaction>().Where(t => ids.Contains(t.Id)))
        {
            session.Update(
                transaction,
                there =>
                {
                    var row = (ChainTransaction)there;
                    row.NextCheckAt = seat.Host.World.Database.Clock + after;
                    (row.LeaseOwner, row.LeaseUntil) = (null, null);
                }
            );
        }
    }

    private sealed class RoundTrip(Action<SimulatedContext> act) : IRelationalCommand
    {
        public string CommandText => "";

        public string LogCommandText => "";

        public IReadOnlyList<IRelationalParameter> Parameters => [];

        public Task<int> ExecuteNonQueryAsync(RelationalCommandParameterObject parameterObject, CancellationToken cancellationToken) =>
            SimulatedContext
                .Of(parameterObject.Context!)
                .AskAsync(() =>
                {
                    act(SimulatedContext.Of(parameterObject.Context!));
                    return 0;
                });

        public int ExecuteNonQuery(RelationalCommandParameterObject parameterObject) => throw new NotSupportedException();

        public object ExecuteScalar(RelationalCommandParameterObject parameterObject) => throw new NotSupportedException();

        public Task<object?> ExecuteScalarAsync(RelationalCommandParameterObject parameterObject, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public RelationalDataReader ExecuteReader(RelationalCommandParameterObject parameterObject) => throw new NotSupportedException();

        public Task<RelationalDataReader> ExecuteReaderAsync(
            RelationalCommandParameterObject parameterObject,
            CancellationToken cancellationToken
        ) => throw new NotSupportedException();

        public System.Data.Common.DbCommand CreateDbCommand(
            RelationalCommandParameterObject parameterObject,
            Guid commandId,
            Microsoft.EntityFrameworkCore.Diagnostics.DbCommandMethod commandMethod
        ) => throw new NotSupportedException();

        public void PopulateFrom(IRelationalCommandTemplate commandTemplate) => throw new NotSupportedException();
    }
}
