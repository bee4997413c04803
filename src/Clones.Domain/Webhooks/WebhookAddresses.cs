using System.Net;
using System.Net.Sockets;

namespace Clones.Domain.Webhooks;

/// <summary>
/// Addresses that no webhook is sent to, so that nobody can have the workers talk to what only they can reach. From the IANA registries of
/// special-purpose addresses (RFC 6890). Of IPv6 only what is handed out as global unicast (2000::/3) is let through at all.
/// </summary>
public static class WebhookAddresses
{
    private static readonly (IPNetwork Network, string Name)[] V4 =
    [
        Of("0.0.0.0/8", "unspecified"),
        Of("10.0.0.0/8", "private"),
        Of("100.64.0.0/10", "shared by a carrier (CGNAT)"),
        Of("127.0.0.0/8", "loopback"),
        Of("169.254.0.0/16", "link-local"),
        Of("172.16.0.0/12", "private"),
        Of("192.0.0.0/24", "reserved"),
        Of("192.0.2.0/24", "for documentation"),
        Of("192.31.196.0/24", "reserved"),
        Of("192.52.193.0/24", "reserved"),
        Of("192.88.99.0/24", "6to4"),
        Of("192.168.0.0/16", "private"),
        Of("192.175.48.0/24", "reserved"),
        Of("198.18.0.0/15", "for benchmarks"),
        Of("198.51.100.0/24", "for documentation"),
        Of("203.0.113.0/24", "for documentation"),
        Of("224.0.0.0/4", "multicast"),
        Of("240.0.0.0/4", "reserved"),
    ];

    private static readonly (IPNetwork Network, string Name)[] V6 =
    [
        Of("::1/128", "loopback"),
        Of("::/128", "unspecified"),
        Of("64:ff9b::/96", "an IPv4 address in IPv6 (NAT64)"),
        Of("64:ff9b:1::/48", "an IPv4 address in IPv6 (NAT64)"),
        Of("2001::/23", "reserved"),
        Of("2001:db8::/32", "for documentation"),
        Of("2002::/16", "6to4"),
        Of("3fff::/20", "for documentation"),
        Of("fc00::/7", "private (ULA)"),
        Of("fe80::/10", "link-local"),
        Of("fec0::/10", "private (site-local)"),
        Of("ff00::/8", "multicast"),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    /// <param name="address">Of IPv4 or IPv6.</param>
    /// <param name="allowsLoopback">127.0.0.0/8 and ::1 are let through, for development.</param>
    /// <returns>What kind of address it is, e.g. <c>link-local</c>; null where it may be talked to.</returns>
    public static string? RejectionOf(IPAddress address, bool allowsLoopback = false)
    {
        var isV4 = address.AddressFamily == AddressFamily.InterNetwork;
        if (!isV4 && address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return "of an unknown kind";
        }
        // Before the networks are asked: IPNetwork.Contains takes a mapped address for the IPv4 one in it, and compares that with IPv6.
        if (address.IsIPv4MappedToIPv6)
        {
            return "an IPv4 address in IPv6";
        }

        if (allowsLoopback && IPAddress.IsLoopback(address))
        {
            return null;
        }

        foreach (var (network, name) in isV4 ? V4 : V6)
        {
            if (network.Contains(address))
            {
                return name;
            }
        }
        return isV4 || GlobalUnicast.Contains(address) ? null : "reserved";
    }

    private static (IPNetwork, string) Of(string network, string name) => (IPNetwork.Parse(network), name);
}
