using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Clones.Simulation.Context;

/// <summary>The conditions of a statement that locks rows: columns that equal an argument, or are or are not among some words; joined by AND.</summary>
internal static partial class WhereClause
{
    [GeneratedRegex(@"^(?<column>\w+)\s*=\s*\{(?<argument>\d+)\}$")]
    private static partial Regex Equal { get; }

    [GeneratedRegex(@"^(?<column>\w+)\s+(?<not>NOT )?IN \((?<words>[^)]+)\)$")]
    private static partial Regex Among { get; }

    /// <exception cref="NotSupportedException">It says something else.</exception>
    public static Predicate<object> Read(IEntityType type, string where, object?[] arguments)
    {
        var conditions = where.Split(" AND ").Select(c => Condition(type, c.Trim(), arguments)).ToList();
        return row => conditions.TrueForAll(c => c(row));
    }

    private static Predicate<object> Condition(IEntityType type, string text, object?[] arguments)
    {
        if (Equal.Match(text) is { Success: true } equal)
        {
            var value = arguments[int.Parse(equal.Groups["argument"].Value, CultureInfo.InvariantCulture)];
            var column = Column(type, equal.Groups["column"].Value);
            return row => Equals(column(row), value);
        }
        if (Among.Match(text) is { Success: true } among)
        {
            var words = among.Groups["words"].Value.Split(',').Select(w => w.Trim().Trim('\'')).ToHashSet();
            var column = Column(type, among.Groups["column"].Value);
            var isNot = among.Groups["not"].Success;
            return row => words.Contains((string)column(row)!) != isNot;
        }
        throw new NotSupportedException($"The simulated database does not know the condition {text}.");
    }

    // As the column has it, not the property.
    private static Func<object, object?> Column(IEntityType type, string name)
    {
        var property =
            type.GetProperties().FirstOrDefault(p => p.GetColumnName() == name)
            ?? throw new NotSupportedException($"{type.DisplayName()} has no column {name}.");
        var convert = property.GetTypeMapping().Converter?.ConvertToProvider ?? (value => value);
        return row => convert(property.PropertyInfo!.GetValue(row));
    }
}
