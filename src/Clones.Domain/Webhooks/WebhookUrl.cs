using System.Net;

namespace Clones.Domain.Webhooks;

/// <summary>What an endpoint's URL may be. What its name resolves to is checked by the workers, at each connection.</summary>
public static class WebhookUrl
{
    public const int LengthMax = 500;

    /// <summary>Where something else than a web server listens, which an endpoint could be made to send nonsense to.</summary>
    private static readonly HashSet<int> OtherPorts =
    [
        0,
        20,
        21,
        22,
        23,
        25,
        53,
        110,
        111,
        135,
        139,
        143,
        389,
        445,
        465,
        587,
        993,
        995,
        3389,
    ];

    /// <param name="raw">As its owner wrote it.</param>
    /// <param name="allowsLoopback">For development: http, and this machine.</param>
    /// <returns>Why it is rejected, completing the sentence "url ..", without quoting it; null where it is not.</returns>
    public static string? Reject(string raw, bool allowsLoopback)
    {
        if (raw.Length is 0 or > LengthMax)
        {
            return $"must be 1 to {LengthMax} characters long";
        }

        if (raw.Any(c => c is <= ' ' or > '~' or '\\' or '"' or '<' or '>'))
        {
            return "must be printable ASCII without blanks, quotes and backslashes: other characters percent-encoded, a host name in Punycode";
        }

        var schemes = allowsLoopback ? (string[])["https://", "http://"] : ["https://"];
        if (!schemes.Any(s => raw.StartsWith(s, StringComparison.OrdinalIgnoreCase)) || !Uri.TryCreate(raw, UriKind.Absolute, out var url))
        {
            return allowsLoopback ? "must be an http or https URL" : "must be an https URL";
        }

        var authority = raw[(raw.IndexOf("//", StringComparison.Ordinal) + 2)..].Split('/', '?', '#')[0];
        if (authority.Contains('@', StringComparison.Ordinal) || url.UserInfo.Length > 0)
        {
            return "must not have a login in it";
        }

        if (raw.Contains('#', StringComparison.Ordinal))
        {
            return "must not have a fragment";
        }

        if (OtherPorts.Contains(url.Port))
        {
            return "must name a port that web servers listen at";
        }

        return RejectHost(url, allowsLoopback);
    }

    private static string? RejectHost(Uri url, bool allowsLoopback)
    {
        // The parser has read 0x7f.1, 2130706433 and their like as the addresses that they are.
        var host = url.IdnHost.TrimEnd('.').ToLowerInvariant();
        if (IPAddress.TryParse(host, out var address))
        {
            return WebhookAddresses.RejectionOf(address, allowsLoopback) is { } kind ? $"must not name an address that is {kind}" : null;
        }

        if (host is "localhost" || host.EndsWith(".localhost", StringComparison.Ordinal))
        {
            return allowsLoopback ? null : "must not name an address that is loopback";
        }

        return url.HostNameType == UriHostNameType.Dns && host.Contains('.', StringComparison.Ordinal)
            ? null
            : "must name a host that is public: a full domain name, or an address";
    }
}
