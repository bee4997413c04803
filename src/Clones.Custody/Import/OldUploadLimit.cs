using System.Text.Json;
using Clones.Domain.Pools;

namespace Clones.Custody.Import;

/// <summary>
/// Reads <c>uploadLimit</c>. Here it says how many submissions one person may be paid for. The old system kept <c>{type: N, limitType}</c> with
/// limitType per-task, per-day or total, each counted over all people: imported as ours, it would pay out more than the owner allowed. So a
/// plain number is taken, an object without a number was no limit there and is none here, and any other is left to the operator.
/// </summary>
internal static class OldUploadLimit
{
    /// <returns>Null for no limit.</returns>
    public static int? Read(ref Utf8JsonReader reader, string field, List<string> ignored)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return Limit(ExtendedJson.ReadNumber(ref reader, field), field);
        }

        ExactDecimal? wrapped = null;
        var (names, hasLimit) = (0, false);
        ExtendedJson.ReadObject(
            ref reader,
            field,
            (ref r, name) =>
            {
                names++;
                switch (name)
                {
                    case "$numberInt" or "$numberLong" or "$numberDouble" or "$numberDecimal":
                        wrapped = ExactDecimal.Parse(ExtendedJson.ReadText(ref r, field) ?? "", field);
                        break;
                    case "type" or "value" or "limit":
                        hasLimit |= r.TokenType != JsonTokenType.Null;
                        ExtendedJson.Skip(ref r, field);
                        break;
                    case "limitType":
                        ExtendedJson.Skip(ref r, field);
                        break;
                    default:
                        ignored.Add($"{field}.{name}");
                        ExtendedJson.Skip(ref r, field);
                        break;
                }
            }
        );
        if (wrapped is not null && names > 1)
        {
            throw new LineRejectedException(field, "must be a number");
        }
        return hasLimit
            ? throw new LineRejectedException(
                field,
                "counts over all people in the old system (per task, per day or in total), and per person here; "
                    + "put a number in its place (how many submissions one person may be paid for), or null for no limit"
            )
            : Limit(wrapped, field);
    }

    private static int? Limit(ExactDecimal? number, string field)
    {
        if (number is not { } given)
        {
            return null;
        }
        var limit = (int)Math.Min(given.ToBaseUnits(0, field), int.MaxValue);
        return PoolRules.RejectUploadLimit(limit) is { } rejection ? throw new LineRejectedException(field, rejection) : limit;
    }
}
