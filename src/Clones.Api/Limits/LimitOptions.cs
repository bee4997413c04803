using System.Globalization;
using Clones.Hosting;

namespace Clones.Api.Limits;

/// <summary>How many requests a minute each kind of caller may send; 0 sets no limit.</summary>
/// <param name="Owner">Each wallet.</param>
/// <param name="Key">Each API key.</param>
/// <param name="Anonymous">Each network address that sends neither token nor key: a host of IPv4, a /64 of IPv6.</param>
internal sealed record LimitOptions(int Owner, int Key, int Anonymous)
{
    private const int Most = 1_000_000;

    /// <exception cref="ConfigurationMissingException">A setting is no number of requests.</exception>
    public static LimitOptions Read(IConfiguration configuration) =>
        new(
            Number(configuration, "CLONES_RATE_LIMIT_OWNER", 1_200),
            Number(configuration, "CLONES_RATE_LIMIT_KEY", 12_000),
            Number(configuration, "CLONES_RATE_LIMIT_ANONYMOUS", 300)
        );

    private static int Number(IConfiguration configuration, string name, int fallback) =>
        configuration[name] switch
        {
            null or "" => fallback,
            var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= Most => number,
            _ => throw new ConfigurationMissingException(
                $"Set {name} to a number of requests a minute, 1 to {Most}, or to 0 for no limit."
            ),
        };
}
