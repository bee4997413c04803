using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Clones.Api.Auth;
using Clones.Api.Problems;
using Clones.Api.Requests;

namespace Clones.Api.Limits;

/// <summary>
/// Requests a minute, and streams at a time, of each caller in this process. Every answer says what is left, in the headers of the IETF draft
/// "RateLimit header fields for HTTP" (draft-ietf-httpapi-ratelimit-headers-10).
/// </summary>
internal sealed class RateLimits(LimitOptions options) : IAsyncDisposable
{
    /// <summary>A person with many tabs; each stream holds a connection for up to 15 minutes.</summary>
    public const int StreamsMax = 20;

    private const int UnlimitedPermits = int.MaxValue;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<HttpContext> requests = PartitionedRateLimiter.Create<HttpContext, (string, int)>(context =>
        RateLimitPartition.GetFixedWindowLimiter(
            (CallerOf(context), LimitOf(context, options)),
            caller => new FixedWindowRateLimiterOptions { PermitLimit = caller.Item2, Window = Window }
        )
    );

    private readonly PartitionedRateLimiter<HttpContext> streams = PartitionedRateLimiter.Create<HttpContext, string>(context =>
        RateLimitPartition.GetConcurrencyLimiter(CallerOf(context), _ => new ConcurrencyLimiterOptions { PermitLimit = StreamsMax })
    );

    public async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        var limit = LimitOf(context, options);
        if (limit != UnlimitedPermits)
        {
            using var lease = requests.AttemptAcquire(context);
            var left = requests.GetStatistics(context)?.CurrentAvailablePermits ?? 0;
            context.Response.AddHeader(
                "RateLimit-Policy",
                string.Create(CultureInfo.InvariantCulture, $"\"minute\";q={limit};w={Window.TotalSeconds:0}")
            );
            context.Response.AddHeader("RateLimit", string.Create(CultureInfo.InvariantCulture, $"\"minute\";r={left}"));
            if (!lease.IsAcquired)
            {
                var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Window;
                await TooMany($"At most {limit} requests a minute; wait until Retry-After has passed.", wait).ExecuteAsync(context);
                return;
            }
        }
        if (context.GetEndpoint()?.Metadata.GetMetadata<LongStream>() is null)
        {
            await next(context);
            return;
        }
        using var place = streams.AttemptAcquire(context);
        if (place.IsAcquired)
        {
            await next(context);
        }
        else
        {
            await TooMany($"At most {StreamsMax} streams at a time; close one.", TimeSpan.FromSeconds(15)).ExecuteAsync(context);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await requests.DisposeAsync();
        await streams.DisposeAsync();
    }

    private static Problem TooMany(string detail, TimeSpan wait) =>
        new(429, ProblemCode.RateLimited, detail) { RetryAfterSeconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) };

    private static int LimitOf(HttpContext context, LimitOptions options) =>
        (
            Caller.From(context.User) switch
            {
                null => options.Anonymous,
                { Wallet: null } => options.Key,
                _ => options.Owner,
            }
        )
            is > 0
                and var limit
            ? limit
            : UnlimitedPermits;

    private static string CallerOf(HttpContext context) =>
        Caller.From(context.User)?.Id ?? $"address:{NetworkOf(context.Connection.RemoteIpAddress)}";

    /// <summary>Whoever has one address of IPv6 has the 2^64 of its network.</summary>
    private static string NetworkOf(IPAddress? address)
    {
        if (address is { IsIPv4MappedToIPv6: true })
        {
            address = address.MapToIPv4();
        }

        return address is { AddressFamily: AddressFamily.InterNetworkV6 }
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : $"{address}";
    }
}

/// <summary>An endpoint whose answer goes on for minutes.</summary>
internal sealed record LongStream;
