using Clones.Solana.Rpc;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Clones.Hosting.Tests;

public sealed class RpcOptionsTests
{
    private const string Numbers =
        "must be a number from 0 to 100000, or one for each of the 2 addresses of SOLANA_RPC_URLS, separated by commas.";

    [Theory]
    [InlineData(null, null, null, null)]
    [InlineData("", "", null, null)]
    [InlineData("0", null, null, null)]
    [InlineData("50", null, "50 50", "50 50")]
    [InlineData("50", "10", "50 10", "50 10")]
    [InlineData("50,0", null, "50 50", null)]
    [InlineData("0, 8", "5,20", null, "8 20")]
    public void Each_node_gets_the_limit_that_is_set_for_it_and_none_where_none_is(
        string? rate,
        string? burst,
        string? first,
        string? second
    ) => Read(rate, burst).Limits.Select(TextOf).ShouldBe([first, second]);

    [Theory]
    [InlineData("many", null, $"SOLANA_RPC_REQUESTS_PER_SECOND: {Numbers}")]
    [InlineData("-1", null, $"SOLANA_RPC_REQUESTS_PER_SECOND: {Numbers}")]
    [InlineData("2.5", null, $"SOLANA_RPC_REQUESTS_PER_SECOND: {Numbers}")]
    [InlineData("100001", null, $"SOLANA_RPC_REQUESTS_PER_SECOND: {Numbers}")]
    [InlineData("1,2,3", null, $"SOLANA_RPC_REQUESTS_PER_SECOND: {Numbers}")]
    [InlineData(",", null, $"SOLANA_RPC_REQUESTS_PER_SECOND: {Numbers}")]
    [InlineData("5", "few", $"SOLANA_RPC_BURST: {Numbers}")]
    [InlineData("5", "1,2,3", $"SOLANA_RPC_BURST: {Numbers}")]
    [InlineData(null, "5", "SOLANA_RPC_BURST: limits nothing without SOLANA_RPC_REQUESTS_PER_SECOND. Set that too, or leave this out.")]
    public void A_limit_that_cannot_be_meant_is_named_with_the_reason(string? rate, string? burst, string reason) =>
        Should.Throw<OptionsValidationException>(() => Read(rate, burst)).Message.ShouldBe(reason);

    private static RpcOptions Read(string? rate, string? burst) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection([
                new("SOLANA_RPC_URLS", "https://one.test/?key=4711,https://two.test"),
                new("SOLANA_RPC_REQUESTS_PER_SECOND", rate),
                new("SOLANA_RPC_BURST", burst),
            ])
            .Build()
            .ReadSettings<RpcOptions>();

    private static string? TextOf(RpcLimit? limit) => limit is null ? null : $"{limit.RequestsPerSecond} {limit.Burst}";
}
