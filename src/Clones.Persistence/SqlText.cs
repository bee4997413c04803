using System.Globalization;
using System.Runtime.CompilerServices;
using Clones.Domain;

namespace Clones.Persistence;

/// <summary>
/// Words of a statement that are no parameter. PostgreSQL uses a partial index only where the statement holds its condition literally, so lists of
/// statuses, which <see cref="Domain"/> knows, stand in it as text.
/// </summary>
public sealed record SqlText(string Text)
{
    /// <returns><c>('ONE', 'OTHER')</c></returns>
    public static SqlText ListOf<TStatus>(IEnumerable<TStatus> statuses)
        where TStatus : struct, Enum => new($"({string.Join(", ", statuses.Select(s => $"'{UpperSnakeCase.From(s)}'"))})");

    /// <summary>The same statement with such words in their places. All else that is put into it stays a parameter.</summary>
    public static FormattableString In(FormattableString statement)
    {
        var parameters = new List<object?>();
        object[] places = [.. statement.GetArguments().Select(argument => argument is SqlText words ? words.Text : PlaceOf(argument))];
        var braced = statement.Format.Replace("{{", "{{{{", StringComparison.Ordinal).Replace("}}", "}}}}", StringComparison.Ordinal);
        return FormattableStringFactory.Create(string.Format(CultureInfo.InvariantCulture, braced, places), [.. parameters]);

        string PlaceOf(object? argument)
        {
            parameters.Add(argument);
            return $"{{{parameters.Count - 1}}}";
        }
    }

    public override string ToString() => Text;
}
