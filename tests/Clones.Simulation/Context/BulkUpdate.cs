using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore.Query;

namespace Clones.Simulation.Context;

/// <summary>An UPDATE of all rows that a query finds.</summary>
internal sealed class BulkUpdate
{
    private readonly Func<QueryRows, object> find;
    private readonly IReadOnlyList<(PropertyInfo Column, Func<QueryRows, object?> Value)> sets;

    /// <param name="update">The query, and an array of pairs: what is set, to which value.</param>
    public BulkUpdate(MethodCallExpression update)
    {
        var translation = new QueryTranslation();
        find = CompiledQuery.Compile<object>(translation.Visit(update.Arguments[0])!, translation.Rows);
        sets =
        [
            .. ((NewArrayExpression)update.Arguments[1])
                .Expressions.Cast<NewExpression>()
                .Select(pair =>
                    (Column(pair.Arguments[0]), CompiledQuery.Compile<object?>(translation.Visit(pair.Arguments[1])!, translation.Rows))
                ),
        ];
    }

    public async Task<int> RunAsync(SimulatedContext seat, QueryContext context)
    {
        var session = seat.Session ?? throw new NotSupportedException("An update of many rows commits with others here.");
        return await seat.AskAsync(() =>
        {
            var rows = new QueryRows(seat, context, []);
            var found = ((IEnumerable<object>)find(rows)).ToList();
            foreach (var row in found)
            {
                session.Update(
                    row,
                    there =>
                    {
                        foreach (var (column, value) in sets)
                        {
                            column.SetValue(there, value(rows));
                        }
                    }
                );
            }
            return found.Count;
        });
    }

    private static PropertyInfo Column(Expression selector) =>
        selector switch
        {
            UnaryExpression { Operand: var inner } => Column(inner),
            LambdaExpression { Body: var body } => Column(body),
            MemberExpression { Member: PropertyInfo property } => property,
            _ => throw new NotSupportedException($"An update of {selector} is not known."),
        };
}
