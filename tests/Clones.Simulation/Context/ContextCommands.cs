using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace Clones.Simulation.Context;

/// <summary>Statements that only do something. There is one: the commit that follows is on disk, as every commit here is.</summary>
internal sealed class ContextCommands : IRawSqlCommandBuilder
{
    public RawSqlCommand Build(string sql, IEnumerable<object?> parameters) =>
        sql.Contains("set_config('synchronous_commit'", StringComparison.Ordinal)
            ? new RawSqlCommand(new RoundTrip(), new Dictionary<string, object?>())
            : throw new NotSupportedException($"The simulated database does not know: {sql}");

    public RawSqlCommand Build(string sql, IEnumerable<object?> parameters, IModel model) => Build(sql, parameters);

    public IRelationalCommand Build(string sql) => Build(sql, []).RelationalCommand;

    private sealed class RoundTrip : IRelationalCommand
    {
        public string CommandText => "";

        public string LogCommandText => "";

        public IReadOnlyList<IRelationalParameter> Parameters => [];

        public Task<int> ExecuteNonQueryAsync(RelationalCommandParameterObject parameterObject, CancellationToken cancellationToken) =>
            Seat.Of(parameterObject.Context!).AskAsync(() => 0);

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
