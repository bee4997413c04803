using Clones.Settlement.Deployments;
using Clones.Settlement.Deployments.Venues;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Tests.Deployments.Raydium;

/// <summary>What is around the call of Raydium's program; the call itself is compared with the SDK's in <see cref="RaydiumSdkTests"/>.</summary>
public sealed class RaydiumAroundTheCallTests
{
    private static readonly SdkPool Pool = SdkPool.ByName["mainnet, SOL before mint, Token-2022"];

    private readonly PublicKey payer = Account.Generate().PublicKey;
    private readonly CannedCluster cluster = CannedCluster.Of(Pool);

    private static PublicKey Wrapped => AssociatedTokenAccountProgram.FindAddress(Pool.Owner, TokenProgram.NativeMint, TokenProgram.Id);

    [Fact]
    public async Task Wrapped_SOL_is_made_filled_and_closed_again_within_the_transaction()
    {
        var plan = await PlanAsync(Pool.SpecOf(payer));

        plan.Instructions.Select(i => i.ProgramId)
            .ShouldBe([
                AssociatedTokenAccountProgram.Id,
                SystemProgram.Id,
                SystemProgram.Id,
                TokenProgram.Id,
                Pool.Cluster.ProgramId,
                TokenProgram.Id,
            ]);
        plan.Instructions[0]
            .Data.ShouldBe([(byte)0], "an account that turned up meanwhile makes the transaction fail instead of being emptied");
        plan.Instructions[^1].Data.ShouldBe([(byte)9], "the account that was made is closed again");
        plan.Instructions[^1].Accounts[1].PublicKey.ShouldBe(payer, "its rent goes back to who paid it");
    }

    [Fact]
    public async Task An_owner_who_pays_for_himself_is_handed_nothing_over()
    {
        var plan = await PlanAsync(Pool.SpecOf(Pool.Owner));

        plan.Instructions.Where(i => i.ProgramId == SystemProgram.Id).ShouldHaveSingleItem().Accounts[1].PublicKey.ShouldBe(Wrapped);
    }

    [Fact]
    public async Task Lamports_that_somebody_sent_where_the_wrapped_SOL_will_be_are_no_account_yet()
    {
        cluster.With((Wrapped, new AccountInfo(890_880, SystemProgram.Id, default, Executable: false)));

        (await PlanAsync(Pool.SpecOf(payer))).Instructions[0].ProgramId.ShouldBe(AssociatedTokenAccountProgram.Id);
    }

    [Fact]
    public async Task A_wrapped_SOL_account_that_the_owner_gave_away_is_named()
    {
        cluster.With((Wrapped, Holding(payer)));

        (await RejectionAsync(Pool.SpecOf(payer))).ShouldContain($"{Wrapped} is not that of your wallet {Pool.Owner}");
    }

    [Fact]
    public async Task A_config_that_is_closed_missing_or_something_else_is_rejected_in_words()
    {
        var (address, account) = Pool.AccountOf("config");
        var closed = account.Data.ToArray();
        closed[9] = 1;

        cluster.With((address, account with { Data = closed }));
        (await RejectionAsync(Pool.SpecOf(payer))).ShouldContain("no new pools");
        cluster.With((address, account with { Data = account.Data[..^1] }));
        (await RejectionAsync(Pool.SpecOf(payer))).ShouldContain("is not a config");
        cluster.With((address, account with { Owner = SystemProgram.Id }));
        (await RejectionAsync(Pool.SpecOf(payer))).ShouldContain("no config 0");
        cluster.Without(address);
        (await RejectionAsync(Pool.SpecOf(payer))).ShouldContain("no config 0");
    }

    [Fact]
    public async Task A_cluster_without_Raydiums_account_for_fees_is_told_which_one_it_lacks()
    {
        cluster.Without(Pool.Cluster.FeeReceiver);

        (await RejectionAsync(Pool.SpecOf(payer))).ShouldContain($"{Pool.Cluster.FeeReceiver}, is not on this cluster");
    }

    [Theory]
    [InlineData(0UL, 2_000_000_000UL)]
    [InlineData(1_000_000UL, 0UL)]
    [InlineData(99UL, 101UL)]
    public async Task Amounts_for_which_the_program_would_mint_fewer_shares_than_it_locks_are_rejected(ulong tokens, ulong lamports) =>
        (await RejectionAsync(Pool.SpecOf(payer) with { TokenAmount = tokens, Lamports = lamports })).ShouldContain("too little");

    [Fact]
    public async Task The_smallest_and_the_largest_pool_that_the_program_takes_are_planned()
    {
        (await PlanAsync(Pool.SpecOf(payer) with { TokenAmount = 100, Lamports = 100 })).Instructions.ShouldNotBeEmpty();
        (
            await PlanAsync(Pool.SpecOf(payer) with { TokenAmount = ulong.MaxValue, Lamports = ulong.MaxValue })
        ).Instructions.ShouldNotBeEmpty();
    }

    private Task<DeploymentPlan> PlanAsync(LiquidityPoolSpec spec) =>
        cluster.VenueOf(Pool.Cluster).PlanAsync(spec, TestContext.Current.CancellationToken);

    private async Task<string> RejectionAsync(LiquidityPoolSpec spec) =>
        (await Should.ThrowAsync<DeploymentImpossibleException>(() => PlanAsync(spec))).Message;

    private static AccountInfo Holding(PublicKey owner)
    {
        var data = Pool.AccountOf("feeReceiver").Account.Data.ToArray();
        owner.CopyTo(data.AsSpan(32));
        return new AccountInfo(5_000_000_000, TokenProgram.Id, data, Executable: false);
    }
}
