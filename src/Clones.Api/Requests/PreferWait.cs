using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Clones.Api.Requests;

/// <summary>The <c>Prefer: wait=N</c> header (RFC 7240): how long the caller would rather wait than ask again. Anything unreadable is ignored, as the RFC says.</summary>
internal readonly record struct PreferWait(TimeSpan? Time)
{
    private const int SecondsMax = 30;

    public static ValueTask<PreferWait> BindAsync(HttpContext context)
    {
        var seconds = Seconds(context.Request.Headers["Prefer"]);
        if (seconds is { } applied)
        {
            context.Response.Headers["Preference-Applied"] = $"wait={applied}";
        }

        return ValueTask.FromResult(new PreferWait(seconds is { } s ? TimeSpan.FromSeconds(s) : null));
    }

    private static int? Seconds(StringValues header)
    {
        foreach (var preference in header.SelectMany(line => (line ?? "").Split(',', ';')))
        {
            var parts = preference.Split('=', 2, StringSplitOptions.TrimEntries);
            if (
                parts.Length == 2
                && parts[0].Equals("wait", StringComparison.OrdinalIgnoreCase)
                && uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            )
            {
                return (int)Math.Min(seconds, SecondsMax);
            }
        }
        return null;
    }
}
