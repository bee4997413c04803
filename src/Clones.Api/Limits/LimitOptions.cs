using System.ComponentModel.DataAnnotations;
using Clones.Hosting;

namespace Clones.Api.Limits;

/// <summary>How many requests a minute each kind of caller may send; 0 sets no limit.</summary>
internal sealed class LimitOptions
{
    private const int Most = 1_000_000;
    private const string Wanted = "must be a number of requests a minute, 1 to 1000000, or 0 for no limit.";

    /// <summary>Each wallet.</summary>
    [Variable("CLONES_RATE_LIMIT_OWNER"), Range(0, Most, ErrorMessage = Wanted)]
    public int Owner { get; init; } = 1_200;

    /// <summary>Each API key.</summary>
    [Variable("CLONES_RATE_LIMIT_KEY"), Range(0, Most, ErrorMessage = Wanted)]
    public int Key { get; init; } = 12_000;

    /// <summary>Each network address that sends neither token nor key: a host of IPv4, a /64 of IPv6.</summary>
    [Variable("CLONES_RATE_LIMIT_ANONYMOUS"), Range(0, Most, ErrorMessage = Wanted)]
    public int Anonymous { get; init; } = 300;
}
