using System.Globalization;
using System.Text.RegularExpressions;

namespace Clones.Api.Requests;

/// <summary>A point in time as RFC 3339 writes it, with seconds and an offset; what has none means another time to everybody.</summary>
internal readonly partial record struct Timestamp(DateTimeOffset Value) : IField<Timestamp, string>
{
    public static Parsed<Timestamp> Parse(string raw) =>
        Rfc3339().IsMatch(raw)
        && DateTimeOffset.TryParse(raw, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var value)
            ? new Timestamp(value)
            : new Rejection("must be a time with its offset, as 2026-11-25T12:00:00Z (a + in a query is written %2B)");

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?(Z|[+-][0-9]{2}:[0-9]{2})\z")]
    private static partial Regex Rfc3339();
}
