using Clones.Settlement.Deployments;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Settlement.Tests.Deployments.Raydium;

/// <summary>What the venue makes, against what Raydium's own SDK makes of the same spec.</summary>
public sealed class RaydiumSdkTests
{
    public static TheoryData<string> Pools => SdkPool.Names;

    [Fact]
    public void The_pools_of_the_SDK_are_of_both_clusters_both_orders_of_the_mints_and_both_token_programs() =>
        SdkPool.ByName.Keys.ShouldBe(
            from cluster in new[] { "mainnet", "devnet" }
            from order in new[] { "mint before SOL", "SOL before mint" }
            from program in new[] { "SPL Token", "Token-2022" }
            select $"{cluster}, {order}, {program}"
        );

    [Theory]
    [MemberData(nameof(Pools))]
    public async Task The_call_of_the_program_is_byte_for_byte_and_account_for_account_that_of_the_SDK(string name)
    {
        var pool = SdkPool.ByName[name];
        var payer = Account.Generate().PublicKey;
        var plan = await CannedCluster.Of(pool).VenueOf(pool.Cluster).PlanAsync(pool.SpecOf(payer), TestContext.Current.CancellationToken);

        var ours = plan.Instructions.Single(i => i.ProgramId == pool.Cluster.ProgramId);

        ours.Data.ShouldBe(pool.Initialize.Data);
        // The SDK leaves the creator read-only and lives off its being the fee payer; the program demands writable (initialize.rs, creator: mut).
        AccountMeta[] expected = [AccountMeta.Writable(pool.Owner, isSigner: true), .. pool.Initialize.Accounts.Skip(1)];
        ours.Accounts.ShouldBe(expected);
        pool.Initialize.Accounts[0].ShouldBe(AccountMeta.ReadOnly(pool.Owner, isSigner: true));
    }

    [Theory]
    [MemberData(nameof(Pools))]
    public async Task Nothing_is_lost_of_it_on_the_way_through_the_message_that_is_signed(string name)
    {
        var pool = SdkPool.ByName[name];
        var payer = Account.Generate().PublicKey;
        var plan = await CannedCluster.Of(pool).VenueOf(pool.Cluster).PlanAsync(pool.SpecOf(payer), TestContext.Current.CancellationToken);

        var message = DeploymentMessage.Build(plan, payer, new Blockhash(new byte[32]), 500_000, Guid.CreateVersion7(), 1);

        var call = Message.Deserialize(message.Serialize()).Decompile().Single(i => i.ProgramId == pool.Cluster.ProgramId);
        call.Data.ShouldBe(pool.Initialize.Data);
        call.Accounts.Select(a => a.PublicKey).ShouldBe(pool.Initialize.Accounts.Select(a => a.PublicKey));
        call.Accounts.Where(a => a.IsSigner).ShouldHaveSingleItem().PublicKey.ShouldBe(pool.Owner);
        foreach (var (asked, given) in pool.Initialize.Accounts.Zip(call.Accounts))
        {
            given.IsWritable.ShouldBe(asked.IsWritable || given.PublicKey == pool.Owner, $"{given.PublicKey}");
        }
    }

    [Theory]
    [MemberData(nameof(Pools))]
    public async Task With_both_signatures_it_fits_into_a_packet(string name)
    {
        var pool = SdkPool.ByName[name];
        var payer = Account.Generate().PublicKey;
        var plan = await CannedCluster.Of(pool).VenueOf(pool.Cluster).PlanAsync(pool.SpecOf(payer), TestContext.Current.CancellationToken);

        var message = DeploymentMessage.Build(
            plan,
            payer,
            new Blockhash(new byte[32]),
            ulong.MaxValue,
            Guid.CreateVersion7(),
            int.MaxValue
        );

        message.Signers.ShouldBe([payer, pool.Owner]);
        new Transaction(message).Size.ShouldBeLessThanOrEqualTo(Transaction.SizeMax);
    }
}
