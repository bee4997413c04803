using System.Buffers.Binary;
using Clones.Settlement.Deployments;
using Clones.Settlement.Deployments.Venues;
using Clones.Settlement.Tests.Deployments.Raydium;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;

namespace Clones.Settlement.Tests.Deployments;

public sealed class RaydiumVenueTests
{
    private const ulong PoolFee = 150_000_000;
    private static readonly RaydiumCpmmCluster Cluster = RaydiumCpmmCluster.Mainnet;

    private readonly PublicKey payer = Account.Generate().PublicKey;
    private readonly PublicKey owner = Account.Generate().PublicKey;

    public static TheoryData<bool, bool> Shapes =>
        new()
        {
            { true, true },
            { true, false },
            { false, true },
            { false, false },
        };

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task The_pool_is_made_by_the_owner_with_the_wallets_SOL_for_both_orders_of_mints(bool mintFirst, bool isToken2022)
    {
        var spec = SpecOf(mintFirst, isToken2022);
        var plan = await VenueOf(hasWrapped: false).PlanAsync(spec, TestContext.Current.CancellationToken);
        var message = DeploymentMessage.Build(plan, payer, new Blockhash(new byte[32]), 1, Guid.CreateVersion7(), 1);

        message.Signers.ShouldBe([payer, owner], ignoreOrder: true);
        new Transaction(message).Size.ShouldBeLessThanOrEqualTo(Transaction.SizeMax);
        var initialize = plan.Instructions.Single(i => i.ProgramId == Cluster.ProgramId);
        initialize.Accounts[0].PublicKey.ShouldBe(owner);
        var (amount0, amount1) = (ReadUInt64(initialize.Data, 8), ReadUInt64(initialize.Data, 16));
        (amount0, amount1).ShouldBe(mintFirst ? (spec.TokenAmount, spec.Lamports) : (spec.Lamports, spec.TokenAmount));
        plan.Instructions[^1].Data.ShouldBe([(byte)9], "the wrapped-SOL account that was made is closed again");
        plan.Instructions[^1].Accounts[1].PublicKey.ShouldBe(payer, "its rent goes back to who paid it");
    }

    [Fact]
    public async Task The_cost_is_fee_rent_and_liquidity_by_the_chains_own_word()
    {
        var plan = await VenueOf(hasWrapped: false).PlanAsync(SpecOf(true, true), TestContext.Current.CancellationToken);

        plan.VenueFeeLamports.ShouldBe(PoolFee);
        plan.LiquidityLamports.ShouldBe(2_000_000_000UL);
        plan.RentLamports.ShouldBe(Rent(637) + Rent(4_075) + Rent(82) + 4 * Rent(165));
        var handedOver = plan.Instructions.First(i => i.ProgramId == SystemProgram.Id && i.Accounts[1].PublicKey == owner);
        ReadUInt64(handedOver.Data, 4).ShouldBe(PoolFee + Rent(637) + Rent(4_075) + Rent(82) + 3 * Rent(165));
    }

    [Fact]
    public async Task An_owner_who_pays_hands_nothing_over_to_themselves_and_signs_alone()
    {
        var spec = SpecOf(true, true) with { Payer = owner };

        var plan = await VenueOf(hasWrapped: false).PlanAsync(spec, TestContext.Current.CancellationToken);

        DeploymentMessage.Build(plan, owner, new Blockhash(new byte[32]), 1, Guid.CreateVersion7(), 1).Signers.ShouldBe([owner]);
        plan.Instructions.Count(i => i.ProgramId == SystemProgram.Id).ShouldBe(1, "the SOL side alone is moved");
        plan.Steps.ShouldNotContain(step => step.Contains("deposit wallet", StringComparison.OrdinalIgnoreCase));
        plan.Steps[^1].ShouldStartWith($"Your wallet {owner} pays");
    }

    [Fact]
    public async Task A_wrapped_SOL_account_that_the_owner_had_before_is_left_open()
    {
        var plan = await VenueOf(hasWrapped: true).PlanAsync(SpecOf(true, true), TestContext.Current.CancellationToken);

        plan.Instructions.ShouldNotContain(i => i.ProgramId == TokenProgram.Id && i.Data.Length == 1 && i.Data[0] == 9);
        plan.Instructions.ShouldNotContain(i => i.ProgramId == AssociatedTokenAccountProgram.Id);
    }

    private LiquidityPoolSpec SpecOf(bool mintFirst, bool isToken2022)
    {
        PublicKey mint;
        do
        {
            mint = Account.Generate().PublicKey;
        } while (mint < TokenProgram.NativeMint != mintFirst);
        var program = isToken2022 ? TokenProgram.Token2022Id : TokenProgram.Id;
        return new LiquidityPoolSpec(Guid.CreateVersion7(), payer, owner, mint, program, 6, "ADA1", 900_000_000_000, 2_000_000_000);
    }

    private RaydiumVenue VenueOf(bool hasWrapped)
    {
        var published = SdkPool.ByName.Values.First(pool => pool.Cluster == Cluster);
        var cluster = CannedCluster.Of(published);
        if (hasWrapped)
        {
            var holding = published.AccountOf("feeReceiver").Account;
            var data = holding.Data.ToArray();
            owner.CopyTo(data.AsSpan(32));
            var address = AssociatedTokenAccountProgram.FindAddress(owner, TokenProgram.NativeMint, TokenProgram.Id);
            cluster.With((address, holding with { Data = data }));
        }

        return cluster.VenueOf(Cluster);
    }

    private static ulong Rent(ulong size) => (size + 128) * 6_960;

    private static ulong ReadUInt64(byte[] data, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(data.AsSpan(offset));
}
