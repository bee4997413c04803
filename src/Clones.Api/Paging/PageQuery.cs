using System.Globalization;
using System.Linq.Expressions;
using Clones.Api.Problems;

namespace Clones.Api.Paging;

/// <summary>Which part of a list is asked for: <c>?limit=</c> and <c>?cursor=</c>. Other parameters are the list's filters.</summary>
/// <param name="Limit">1-100.</param>
/// <param name="After">The last id of the page before; null on the first page. Ids are in order of time (version 7).</param>
internal sealed record PageQuery(int Limit, Guid? After, string Scope)
{
    private const int LimitDefault = 50;
    private const int LimitMax = 100;

    /// <exception cref="ProblemException">A parameter that is not one, twice the same, or a cursor that we did not make for this list.</exception>
    public static PageQuery Read(HttpContext context, CursorSealer sealer, params ReadOnlySpan<string> filters)
    {
        var query = context.Request.Query;
        RejectOthers(context, ["limit", "cursor", .. filters]);
        var limit = LimitDefault;
        if (
            query.TryGetValue("limit", out var text)
            && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= LimitMax)
        )
        {
            throw new ProblemException(Problem.Field("limit", $"must be a whole number from 1 to {LimitMax}"));
        }

        // A cursor is good for the list, filters and caller that it was made for.
        var scope = string.Join('&', filters.ToArray().Select(f => $"{f}={query[f]}").Prepend(context.Request.Path.Value));
        return new PageQuery(limit, query.TryGetValue("cursor", out var cursor) ? sealer.Open(cursor!, scope) : null, scope);
    }

    /// <exception cref="ProblemException">A parameter that is none of these, or twice the same.</exception>
    public static void RejectOthers(HttpContext context, params ReadOnlySpan<string> known)
    {
        foreach (var (name, values) in context.Request.Query)
        {
            if (!known.Contains(name))
            {
                throw new ProblemException(Problem.Field(Shown(name), "is not a parameter of this list"));
            }

            if (values.Count != 1)
            {
                throw new ProblemException(Problem.Field(name, "must be given once"));
            }
        }
    }

    /// <summary>The rows of the page, newest first, and one more where there is a next page.</summary>
    public IQueryable<TRow> Newest<TRow>(IQueryable<TRow> rows, Expression<Func<TRow, Guid>> id)
    {
        if (After is { } after)
        {
            // A captured variable: as a constant it would stand in the SQL, and each page would be a statement of its own.
            Expression<Func<Guid>> value = () => after;
            var order = Expression.Call(id.Body, nameof(Guid.CompareTo), null, value.Body);
            rows = rows.Where(Expression.Lambda<Func<TRow, bool>>(Expression.LessThan(order, Expression.Constant(0)), id.Parameters));
        }
        return rows.OrderByDescending(id).Take(Limit + 1);
    }

    /// <param name="rows">One more than <see cref="Limit"/> where there is a next page.</param>
    public Page<TView> ToPage<TRow, TView>(List<TRow> rows, Func<TRow, Guid> id, Func<TRow, TView> view, CursorSealer sealer)
    {
        var shown = rows.Take(Limit).ToList();
        return new Page<TView>([.. shown.Select(view)], rows.Count > Limit ? sealer.Seal(id(shown[^1]), Scope) : null);
    }

    private static string Shown(string name) => name.Length <= 50 ? name : name[..50];
}
