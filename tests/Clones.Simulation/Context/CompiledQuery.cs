using System.Collections;
using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using Clones.Simulation.Store;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;

namespace Clones.Simulation.Context;

/// <summary>A query over the simulated database. Compiled once for each form that it comes in, for all contexts.</summary>
internal sealed class CompiledQuery
{
    private readonly Func<QueryRows, object?> body;
    private readonly Func<QueryRows, object?[]>[] arguments;
    private readonly IReadOnlyList<SqlStatement> statements;
    private readonly bool isTracking;

    private CompiledQuery(Expression query)
    {
        var translation = new QueryTranslation();
        var translated = translation.Visit(query);
        body = Compile<object?>(translated, translation.Rows);
        statements = translation.Statements;
        arguments = [.. statements.Select(s => Compile<object?[]>(s.Argument, translation.Rows))];
        isTracking = translation.IsTracking;
    }

    public static Func<QueryContext, TResult> Of<TResult>(Expression query)
    {
        var result = typeof(TResult);
        var kind = result.IsGenericType ? result.GetGenericTypeDefinition() : null;
        if (query is MethodCallExpression { Method.Name: "ExecuteUpdate" } update)
        {
            var updating = new BulkUpdate(update);
            return context => (TResult)(object)updating.RunAsync(SimulatedContext.Of(context.Context), context);
        }
        var method =
            kind == typeof(IAsyncEnumerable<>) ? nameof(Many)
            : kind == typeof(Task<>) ? nameof(OneAsync)
            : throw new NotSupportedException($"A query for {result} is not known.");
        var run = typeof(CompiledQuery)
            .GetMethod(method, BindingFlags.Instance | BindingFlags.NonPublic)!
            .MakeGenericMethod(result.GetGenericArguments());
        return run.CreateDelegate<Func<QueryContext, TResult>>(new CompiledQuery(query));
    }

    public static Func<QueryRows, T> Compile<T>(Expression expression, ParameterExpression rows) =>
        Expression.Lambda<Func<QueryRows, T>>(Expression.Convert(expression, typeof(T)), rows).Compile();

    private async IAsyncEnumerable<T> Many<T>(QueryContext context)
    {
        foreach (var row in await RunAsync(context, found => ((IEnumerable<T>)found!).ToList()))
        {
            yield return Known(context.Context, row);
        }
    }

    private async Task<T> OneAsync<T>(QueryContext context) => Known(context.Context, await RunAsync(context, found => (T)found!));

    private async Task<T> RunAsync<T>(QueryContext context, Func<object?, T> read)
    {
        var seat = SimulatedContext.Of(context.Context);
        var fetched = new List<IEnumerable>();
        for (var i = 0; i < statements.Count; i++)
        {
            var given = arguments[i](new QueryRows(seat, context, []));
            fetched.Add(await HandWrittenSql.RunAsync(seat, context.Context, statements[i], given));
        }
        var rows = new QueryRows(seat, context, fetched);
        return statements.Count > 0 ? read(body(rows)) : await seat.AskAsync(() => read(body(rows)));
    }

    // As the real mapper does: what the context knows already stays as it is there, what it sees for the first time it remembers.
    private T Known<T>(DbContext context, T found)
    {
        if (found is null || context.Model.FindEntityType(typeof(T)) is not { } type)
        {
            return found;
        }
        if (!isTracking)
        {
            return (T)Table.For(typeof(T)).Copy(found);
        }
        object?[] key = [.. type.FindPrimaryKey()!.Properties.Select(p => p.PropertyInfo!.GetValue(found))];
        foreach (var entry in context.ChangeTracker.Entries())
        {
            if (
                entry.Metadata == type
                && type.FindPrimaryKey()!.Properties.Select(p => p.PropertyInfo!.GetValue(entry.Entity)).SequenceEqual(key)
            )
            {
                return (T)entry.Entity;
            }
        }
        var copy = Table.For(typeof(T)).Copy(found);
        context.Entry(copy).State = EntityState.Unchanged;
        return (T)copy;
    }
}
