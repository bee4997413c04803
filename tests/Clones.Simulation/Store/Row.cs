using System.Linq.Expressions;
using System.Reflection;
using Clones.Domain.Transactions;

namespace Clones.Simulation.Store;

/// <summary>Copies rows, and writes back only what was changed in a copy, column by column, as the real mapper does.</summary>
internal static class Row<T>
    where T : class
{
    private static readonly Func<object, object> Clone = typeof(object)
        .GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!
        .CreateDelegate<Func<object, object>>();

    private static readonly Column[] Columns =
    [
        .. typeof(T).GetProperties().Where(p => p is { CanWrite: true, CanRead: true }).Select(p => new Column(p)),
    ];

    // A row has no rows of other tables in it: a copy that shared the list would fill it for everybody.
    private static readonly FieldInfo[] Navigations =
    [
        .. typeof(T).GetFields(BindingFlags.Instance | BindingFlags.NonPublic).Where(f => f.FieldType == typeof(List<TransactionAttempt>)),
    ];

    public static T Copy(T row)
    {
        var copy = (T)Clone(row);
        foreach (var navigation in Navigations)
        {
            navigation.SetValue(copy, new List<TransactionAttempt>());
        }
        return copy;
    }

    /// <returns>Whether anything was written.</returns>
    public static bool Write(T before, T after, T into)
    {
        var changed = false;
        foreach (var column in Columns)
        {
            var value = column.Get(after);
            if (!Equals(column.Get(before), value))
            {
                column.Set(into, value);
                changed = true;
            }
        }
        return changed;
    }

    public static bool Differ(T before, T after) => Array.Exists(Columns, column => !Equals(column.Get(before), column.Get(after)));

    private sealed class Column(PropertyInfo property)
    {
        public Func<T, object?> Get { get; } = CompileGet(property);

        public Action<T, object?> Set { get; } = CompileSet(property);

        private static Func<T, object?> CompileGet(PropertyInfo property)
        {
            var row = Expression.Parameter(typeof(T));
            return Expression
                .Lambda<Func<T, object?>>(Expression.Convert(Expression.Property(row, property), typeof(object)), row)
                .Compile();
        }

        private static Action<T, object?> CompileSet(PropertyInfo property)
        {
            var row = Expression.Parameter(typeof(T));
            var value = Expression.Parameter(typeof(object));
            return Expression
                .Lambda<Action<T, object?>>(
                    Expression.Call(row, property.SetMethod!, Expression.Convert(value, property.PropertyType)),
                    row,
                    value
                )
                .Compile();
        }
    }
}
