using Clones.Hosting;
using Clones.Settlement.Deployments;
using Clones.Settlement.Deployments.Venues;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using Clones.Testing.Hosts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Clones.Settlement.Tests.Deployments;

public sealed class VenueChoiceTests
{
    private const string Localnet = "11111111111111111111111111111111";

    [Theory]
    [InlineData("auto")]
    [InlineData("raydium")]
    [InlineData("AUTO")]
    public void Mainnet_gets_raydium_under_its_mainnet_id(string setting) =>
        VenueChoice
            .Of(setting, VenueChoice.MainnetGenesisHash, hasMainnetProgram: true, hasDevnetProgram: true)
            .ShouldBe(new VenueChoice.Raydium(RaydiumCpmmCluster.Mainnet));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_local_venue_is_rejected_on_mainnet(bool hasProgram) =>
        VenueChoice
            .Of("local", VenueChoice.MainnetGenesisHash, hasProgram, hasDevnetProgram: false)
            .ShouldBeOfType<VenueChoice.Rejected>()
            .Reason.ShouldContain("LIQUIDITY_VENUE");

    [Theory]
    [InlineData("auto", false)]
    [InlineData("auto", true)]
    [InlineData("raydium", true)]
    public void Mainnet_without_its_program_gets_nothing_in_its_place(string setting, bool hasDevnetProgram) =>
        VenueChoice
            .Of(setting, VenueChoice.MainnetGenesisHash, hasMainnetProgram: false, hasDevnetProgram)
            .ShouldBeOfType<VenueChoice.Rejected>();

    [Fact]
    public void Devnet_gets_raydium_under_its_devnet_id_even_if_both_are_there() =>
        VenueChoice
            .Of("auto", VenueChoice.DevnetGenesisHash, hasMainnetProgram: true, hasDevnetProgram: true)
            .ShouldBe(new VenueChoice.Raydium(RaydiumCpmmCluster.Devnet));

    [Fact]
    public void A_local_cluster_that_was_given_the_program_uses_it() =>
        VenueChoice
            .Of("auto", Localnet, hasMainnetProgram: true, hasDevnetProgram: false)
            .ShouldBe(new VenueChoice.Raydium(RaydiumCpmmCluster.Mainnet));

    [Theory]
    [InlineData("auto", false)]
    [InlineData("local", true)]
    public void A_local_cluster_without_it_or_told_so_uses_the_local_venue(string setting, bool hasProgram) =>
        VenueChoice.Of(setting, Localnet, hasProgram, hasDevnetProgram: false).ShouldBe(new VenueChoice.Local());

    [Fact]
    public void Raydium_asked_for_where_it_is_not_is_rejected() =>
        VenueChoice.Of("raydium", Localnet, hasMainnetProgram: false, hasDevnetProgram: false).ShouldBeOfType<VenueChoice.Rejected>();

    [Fact]
    public void The_lock_of_the_local_venue_is_nobodys_key_and_each_agents_own()
    {
        var agentId = Guid.CreateVersion7();

        LocalVenue.LockOf(agentId).IsOnCurve().ShouldBeFalse();
        LocalVenue.LockOf(agentId).ShouldBe(LocalVenue.LockOf(agentId));
        LocalVenue.LockOf(agentId).ShouldNotBe(LocalVenue.LockOf(Guid.CreateVersion7()));
    }

    [Theory]
    [InlineData("local", VenueChoice.MainnetGenesisHash, true)]
    [InlineData("auto", VenueChoice.MainnetGenesisHash, true)]
    [InlineData("raydium", Localnet, true)]
    [InlineData("auto", Localnet, false)]
    public async Task Workers_whose_venue_does_not_go_with_their_cluster_do_not_start(string setting, string genesis, bool isRejected)
    {
        var rpc = new CannedNode()
            .Answer("getGenesisHash", _ => $"\"{genesis}\"")
            .Answer("getMultipleAccounts", _ => """{"context":{"slot":9},"value":[null,null]}""")
            .Endpoints;
        var options = new DeploymentOptions { LiquidityVenue = setting };
        var guard = new VenueGuard(new LiquidityVenueSelector(rpc, new WalletBalances(rpc), options), NullLogger<VenueGuard>.Instance);

        if (isRejected)
        {
            await Should.ThrowAsync<ConfigurationMissingException>(() => guard.StartAsync(TestContext.Current.CancellationToken));
        }
        else
        {
            await guard.StartAsync(TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [InlineData("LIQUIDITY_VENUE", "uniswap")]
    [InlineData("TOKEN_METADATA_URI", "ftp://somewhere")]
    [InlineData("RAYDIUM_CONFIG_INDEX", "65536")]
    [InlineData("DEPLOYMENT_PRIORITY_FEE_MAX", "-1")]
    [InlineData("DEPLOYMENT_PRIORITY_FEE_MAX", "18446744073709551616")]
    public void A_setting_that_cannot_be_used_is_named(string name, string value)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(name, (string?)value)]).Build();

        Should
            .Throw<OptionsValidationException>(() => settings.ReadSettings<DeploymentOptions>())
            .Message.ShouldStartWith($"{name}: must be ");
    }

    [Fact]
    public void The_highest_values_that_settings_allow_are_read_and_the_venue_in_any_case()
    {
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection([
                new("LIQUIDITY_VENUE", "RAYDIUM"),
                new("RAYDIUM_CONFIG_INDEX", "65535"),
                new("DEPLOYMENT_PRIORITY_FEE_MAX", "18446744073709551615"),
            ])
            .Build()
            .ReadSettings<DeploymentOptions>();

        (settings.LiquidityVenue, settings.RaydiumConfigIndex, settings.PriorityFeeMicroLamportsMax).ShouldBe(
            ("RAYDIUM", ushort.MaxValue, ulong.MaxValue)
        );
    }
}
