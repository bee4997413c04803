using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.Internal;

namespace Clones.Simulation.Context;

/// <summary>Makes of a query as EF has it one over lists: tables become their rows, <see cref="Queryable"/> becomes <see cref="Enumerable"/>.</summary>
internal sealed class QueryTranslation : ExpressionVisitor
{
    private readonly List<SqlStatement> statements = [];

    public ParameterExpression Rows { get; } = Expression.Parameter(typeof(QueryRows));

    public IReadOnlyList<SqlStatement> Statements => statements;

    /// <summary>Whether the context is to know what is found.</summary>
    public bool IsTracking { get; private set; } = true;

    protected override Expression VisitExtension(Expression node)
    {
        switch (node)
        {
            case FromSqlQueryRootExpression sql:
                return Fetched(sql.ElementType, sql.Sql, sql.Argument);
            case SqlQueryRootExpression sql:
                return Fetched(sql.ElementType, sql.Sql, sql.Argument);
            case EntityQueryRootExpression root:
                return Expression.Call(Rows, nameof(QueryRows.All), [root.ElementType]);
            case QueryParameterExpression parameter:
                return Expression.Call(Rows, nameof(QueryRows.Parameter), [parameter.Type], Expression.Constant(parameter.Name));
            default:
                return base.VisitExtension(node);
        }
    }

    protected override Expression VisitMethodCall(MethodCallExpression node)
    {
        var (method, type) = (node.Method, node.Method.DeclaringType);
        if (type == typeof(EntityFrameworkQueryableExtensions) || type == typeof(RelationalQueryableExtensions))
        {
            IsTracking &= !method.Name.StartsWith("AsNoTracking", StringComparison.Ordinal);
            return method.Name is "AsNoTracking" or "AsTracking" or "IgnoreQueryFilters" or "TagWith"
                ? Visit(node.Arguments[0])
                : throw new NotSupportedException($"The simulated database does not know {method.Name}.");
        }
        if (type == typeof(EF) && method.Name == nameof(EF.Property))
        {
            var row = Visit(node.Arguments[0]);
            var property = (string)((ConstantExpression)node.Arguments[1]).Value!;
            return Expression.Convert(ColumnOf(row, property), method.ReturnType);
        }
        if (type == typeof(Queryable))
        {
            Expression[] arguments = [.. node.Arguments.Select(Visit)!];
            return Expression.Call(OverLists(method, arguments), arguments);
        }
        // A span cannot be had from a parameter; an array is found in the same way.
        if (type == typeof(MemoryExtensions) && method.Name == nameof(MemoryExtensions.Contains))
        {
            var list = node.Arguments[0] is MethodCallExpression { Method.Name: "op_Implicit" } conversion
                ? conversion.Arguments[0]
                : node.Arguments[0];
            return Expression.Call(
                typeof(Enumerable),
                nameof(Enumerable.Contains),
                method.GetGenericArguments(),
                Visit(list),
                Visit(node.Arguments[1])
            );
        }
        return base.VisitMethodCall(node);
    }

    // NULL compares as false there, and throws here.
    protected override Expression VisitMember(MemberExpression node) =>
        node is { Member.Name: "Value", Expression: { } nullable } && Nullable.GetUnderlyingType(nullable.Type) is not null
            ? Expression.Call(Visit(nullable), nameof(Nullable<int>.GetValueOrDefault), [])
            : base.VisitMember(node);

    protected override Expression VisitUnary(UnaryExpression node) =>
        node.NodeType == ExpressionType.Quote ? Visit(node.Operand) : base.VisitUnary(node);

    // EF asks for columns of rows whose type only they know.
    private static Expression ColumnOf(Expression row, string property) =>
        row.Type == typeof(object)
            ? Expression.Call(typeof(QueryRows), nameof(QueryRows.Column), [], row, Expression.Constant(property))
            : Expression.Property(row, property);

    private MethodCallExpression Fetched(Type element, string sql, Expression argument)
    {
        statements.Add(new SqlStatement(element, sql, Visit(argument)));
        return Expression.Call(Rows, nameof(QueryRows.Fetched), [element], Expression.Constant(statements.Count - 1));
    }

    private static MethodInfo OverLists(MethodInfo method, Expression[] arguments) =>
        typeof(Enumerable)
            .GetMethods()
            .Where(m => m.Name == method.Name && m.GetGenericArguments().Length == method.GetGenericArguments().Length)
            .Where(m => m.GetParameters().Length == arguments.Length)
            .Select(m => m.IsGenericMethodDefinition ? m.MakeGenericMethod(method.GetGenericArguments()) : m)
            .First(m => m.GetParameters().Zip(arguments).All(p => p.First.ParameterType.IsAssignableFrom(p.Second.Type)));
}

/// <summary>A statement that was written by hand, with the expression that gives its arguments.</summary>
internal sealed record SqlStatement(Type Element, string Sql, Expression Argument);
