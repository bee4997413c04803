using System.Net;
using Clones.Domain.Webhooks;

namespace Clones.Webhooks.Tests;

public sealed class WebhookAddressTests
{
    [Theory]
    [InlineData("0.0.0.0", "unspecified")]
    [InlineData("0.1.2.3", "unspecified")]
    [InlineData("10.0.0.0", "private")]
    [InlineData("10.255.255.255", "private")]
    [InlineData("100.64.0.1", "CGNAT")]
    [InlineData("100.127.255.255", "CGNAT")]
    [InlineData("127.0.0.1", "loopback")]
    [InlineData("127.255.255.254", "loopback")]
    [InlineData("169.254.169.254", "link-local")]
    [InlineData("172.16.0.1", "private")]
    [InlineData("172.31.255.255", "private")]
    [InlineData("192.0.0.8", "reserved")]
    [InlineData("192.0.2.1", "documentation")]
    [InlineData("192.88.99.1", "6to4")]
    [InlineData("192.168.0.1", "private")]
    [InlineData("192.168.255.255", "private")]
    [InlineData("198.18.0.1", "benchmarks")]
    [InlineData("198.19.255.255", "benchmarks")]
    [InlineData("198.51.100.7", "documentation")]
    [InlineData("203.0.113.7", "documentation")]
    [InlineData("224.0.0.1", "multicast")]
    [InlineData("239.255.255.250", "multicast")]
    [InlineData("240.0.0.1", "reserved")]
    [InlineData("255.255.255.255", "reserved")]
    [InlineData("::", "unspecified")]
    [InlineData("::1", "loopback")]
    [InlineData("::2", "reserved")]
    [InlineData("::127.0.0.1", "reserved")]
    [InlineData("::ffff:127.0.0.1", "IPv4 address in IPv6")]
    [InlineData("::ffff:10.0.0.1", "IPv4 address in IPv6")]
    [InlineData("::ffff:1.1.1.1", "IPv4 address in IPv6")]
    [InlineData("64:ff9b::a00:1", "NAT64")]
    [InlineData("64:ff9b::101:101", "NAT64")]
    [InlineData("64:ff9b:1::1", "NAT64")]
    [InlineData("100::1", "reserved")]
    [InlineData("2001::1", "reserved")]
    [InlineData("2001:0:4136:e378:8000:63bf:3fff:fdd2", "reserved")]
    [InlineData("2001:db8::1", "documentation")]
    [InlineData("2002:a00:1::1", "6to4")]
    [InlineData("2002:101:101::1", "6to4")]
    [InlineData("3fff::1", "documentation")]
    [InlineData("4000::1", "reserved")]
    [InlineData("5f00::1", "reserved")]
    [InlineData("fc00::1", "ULA")]
    [InlineData("fd12:3456:789a::1", "ULA")]
    [InlineData("fe80::1", "link-local")]
    [InlineData("fe80::1%1", "link-local")]
    [InlineData("febf::1", "link-local")]
    [InlineData("fec0::1", "site-local")]
    [InlineData("ff02::1", "multicast")]
    [InlineData("ffff::1", "multicast")]
    public void An_address_that_only_insiders_reach_is_rejected_by_its_kind(string address, string kind)
    {
        WebhookAddresses.RejectionOf(IPAddress.Parse(address)).ShouldNotBeNull().ShouldContain(kind);

        var isLoopback = kind == "loopback";
        (WebhookAddresses.RejectionOf(IPAddress.Parse(address), allowsLoopback: true) is null).ShouldBe(isLoopback);
    }

    [Theory]
    [InlineData("http://127.0.0.1:3000/hook")]
    [InlineData("http://localhost:3000/")]
    [InlineData("https://[::1]/")]
    public void The_setting_for_development_lets_this_machine_and_http_through_and_nothing_else(string url)
    {
        WebhookUrl.Reject(url, allowsLoopback: true).ShouldBeNull();
        WebhookUrl.Reject(url, allowsLoopback: false).ShouldNotBeNull();
        WebhookUrl.Reject("http://10.0.0.1/", allowsLoopback: true).ShouldNotBeNull();
        WebhookUrl.Reject("http://postgres/", allowsLoopback: true).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("https://hooks.example.org")]
    [InlineData("HTTPS://hooks.example.org:8443/a/b?c=d&e=%20")]
    [InlineData("https://xn--hks-sna.example.org./")]
    [InlineData("https://1.1.1.1/")]
    [InlineData("https://[2606:4700:4700::1111]:8443/")]
    public void A_public_url_is_let_through(string url) => WebhookUrl.Reject(url, allowsLoopback: false).ShouldBeNull();

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("126.255.255.255")]
    [InlineData("128.0.0.1")]
    [InlineData("169.253.255.255")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.167.255.255")]
    [InlineData("192.169.0.0")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("2001:200::1")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001::1")]
    public void A_public_address_is_let_through(string address) => WebhookAddresses.RejectionOf(IPAddress.Parse(address)).ShouldBeNull();
}
