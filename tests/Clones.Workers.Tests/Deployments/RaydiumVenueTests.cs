using System.Buffers.Binary;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using Clones.Workers.Deployments;
using Clones.Workers.Deployments.Venues;

namespace Clones.Workers.Tests.Deployments;

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
        var wish = WishOf(mintFirst, isToken2022);
        var plan = await VenueOf(hasWrapped: false).PlanAsync(wish, TestContext.Current.CancellationToken);
        var message = DeploymentMessage.Build(plan, payer, new Blockhash(new byte[32]), 1, Guid.CreateVersion7(), 1);

        message.Signers.ShouldBe([payer, owner], ignoreOrder: true);
        new Transaction(message).Size.ShouldBeLessThanOrEqualTo(Transaction.SizeMax);
        var initialize = plan.Instructions.Single(i => i.ProgramId == Cluster.ProgramId);
        initialize.Accounts[0].PublicKey.ShouldBe(owner);
        var (amount0, amount1) = (ReadUInt64(initialize.Data, 8), ReadUInt64(initialize.Data, 16));
        (amount0, amount1).ShouldBe(mintFirst ? (wish.TokenAmount, wish.Lamports) : (wish.Lamports, wish.TokenAmount));
        plan.Instructions[^1].Data.ShouldBe([(byte)9], "the wrapped-SOL account that was made is closed again");
        plan.Instructions[^1].Accounts[1].PublicKey.ShouldBe(payer, "its rent goes back to who paid it");
    }

    [Fact]
    public async Task An_owner_who_pays_hands_nothing_over_to_themselves_and_signs_alone()
    {
        var wish = WishOf(true, true) with { Payer = owner };

        var plan = await VenueOf(hasWrapped: false).PlanAsync(wish, TestContext.Current.CancellationToken);

        DeploymentMessage.Build(plan, owner, new Blockhash(new byte[32]), 1, Guid.CreateVersion7(), 1).Signers.ShouldBe([owner]);
        plan.Instructions.Count(i => i.ProgramId == SystemProgram.Id).ShouldBe(1, "the SOL side alone is moved");
        plan.Steps.ShouldNotContain(step => step.Contains("deposit wallet", StringComparison.OrdinalIgnoreCase));
        plan.Steps[^1].ShouldStartWith($"Your wallet {owner} pays");
    }

    [Fact]
    public async Task The_cost_is_fee_rent_and_liquidity_by_the_chains_own_word()
    {
        var plan = await VenueOf(hasWrapped: false).PlanAsync(WishOf(true, true), TestContext.Current.CancellationToken);

        plan.VenueFeeLamports.ShouldBe(PoolFee);
        plan.LiquidityLamports.ShouldBe(2_000_000_000UL);
        plan.RentLamports.ShouldBe(Rent(637) + Rent(4_075) + Rent(82) + 4 * Rent(165));
        var handedOver = plan.Instructions.First(i => i.ProgramId == SystemProgram.Id && i.Accounts[1].PublicKey == owner);
        ReadUInt64(handedOver.Data, 4).ShouldBe(PoolFee + Rent(637) + Rent(4_075) + Rent(82) + 3 * Rent(165));
    }

    [Fact]
    public async Task A_wrapped_SOL_account_that_the_owner_had_before_is_left_open()
    {
        var plan = await VenueOf(hasWrapped: true).PlanAsync(WishOf(true, true), TestContext.Current.CancellationToken);

        plan.Instructions.ShouldNotContain(i => i.ProgramId == TokenProgram.Id && i.Data.Length == 1 && i.Data[0] == 9);
        plan.Instructions.ShouldNotContain(i => i.ProgramId == AssociatedTokenAccountProgram.Id);
    }

    [Fact]
    public async Task A_config_that_is_closed_or_missing_is_refused_in_words()
    {
        var closed = await Should.ThrowAsync<DeploymentImpossibleException>(() =>
            VenueOf(hasWrapped: false, isClosed: true).PlanAsync(WishOf(true, true), TestContext.Current.CancellationToken)
        );
        var missing = await Should.ThrowAsync<DeploymentImpossibleException>(() =>
            VenueOf(hasWrapped: false, hasConfig: false).PlanAsync(WishOf(true, true), TestContext.Current.CancellationToken)
        );

        closed.Message.ShouldContain("no new pools");
        missing.Message.ShouldContain("no config 0");
    }

    [Fact]
    public void A_pool_counts_only_if_it_is_raydiums_and_holds_this_mint()
    {
        var wish = WishOf(true, false);
        var pool = RaydiumCpmmPool.Derive(Cluster, 0, wish.Mint, TokenProgram.NativeMint);
        var state = StateOf(pool.Config, pool.Vault0, pool.Vault1, pool.Mint0, pool.Mint1);
        var (vault0, vault1) = (VaultOf(pool.Mint0, pool.Authority, 5), VaultOf(pool.Mint1, pool.Authority, 6));

        Verdict(state, vault0, vault1).ShouldBeOfType<PoolFinding.AsPromised>();
        Verdict(null, null, null).ShouldBeOfType<PoolFinding.Missing>();
        Verdict(new AccountInfo(1, SystemProgram.Id, default, false), null, null).ShouldBeOfType<PoolFinding.Missing>();
        Verdict(state with { Owner = TokenProgram.Id }, vault0, vault1).ShouldBeOfType<PoolFinding.Different>();
        Verdict(state with { Data = new byte[10] }, vault0, vault1).ShouldBeOfType<PoolFinding.Different>();
        Verdict(StateOf(pool.Config, pool.Vault0, pool.Vault1, owner, pool.Mint1), vault0, vault1).ShouldBeOfType<PoolFinding.Different>();
        Verdict(state, VaultOf(pool.Mint0, owner, 5), vault1).ShouldBeOfType<PoolFinding.Different>();
        Verdict(state, VaultOf(pool.Mint0, pool.Authority, 0), vault1).ShouldBeOfType<PoolFinding.Different>();
        Verdict(state, vault0, null).ShouldBeOfType<PoolFinding.Different>();

        PoolFinding Verdict(AccountInfo? s, AccountInfo? v0, AccountInfo? v1) =>
            RaydiumPoolVerdict.Of(pool, Cluster.ProgramId, wish, s, v0, v1);
    }

    private LiquidityPoolWish WishOf(bool mintFirst, bool isToken2022)
    {
        PublicKey mint;
        do
        {
            mint = Account.Generate().PublicKey;
        } while (mint < TokenProgram.NativeMint != mintFirst);
        var program = isToken2022 ? TokenProgram.Token2022Id : TokenProgram.Id;
        return new LiquidityPoolWish(Guid.CreateVersion7(), payer, owner, mint, program, 6, "ADA1", 900_000_000_000, 2_000_000_000);
    }

    private static RaydiumVenue VenueOf(bool hasWrapped, bool isClosed = false, bool hasConfig = true)
    {
        var config = new byte[236];
        ((byte[])[218, 244, 33, 104, 203, 203, 43, 111]).CopyTo(config, 0);
        config[9] = isClosed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt64LittleEndian(config.AsSpan(36), PoolFee);
        var node = new CannedNode()
            .Answer("getMinimumBalanceForRentExemption", p => Rent(p[0].GetUInt64()).ToString())
            .Answer(
                "getMultipleAccounts",
                _ =>
                    $$"""{"context":{"slot":9},"value":[{{(hasConfig ? Json(config, Cluster.ProgramId) : "null")}},{{(hasWrapped ? Json(new byte[165], TokenProgram.Id) : "null")}}]}"""
            );
        var endpoints = node.Endpoints;
        return new RaydiumVenue(endpoints, new WalletBalances(endpoints), Cluster, 0);
    }

    private static string Json(byte[] data, PublicKey owner) =>
        $$"""{"lamports":5,"owner":"{{owner}}","data":["{{Convert.ToBase64String(data)}}","base64"],"executable":false,"rentEpoch":0,"space":{{data.Length}}}""";

    private static ulong Rent(ulong size) => (size + 128) * 6_960;

    private static ulong ReadUInt64(byte[] data, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(data.AsSpan(offset));

    private static AccountInfo StateOf(PublicKey config, PublicKey vault0, PublicKey vault1, PublicKey mint0, PublicKey mint1)
    {
        byte[] data =
        [
            247,
            237,
            227,
            245,
            215,
            195,
            222,
            70,
            .. config.ToArray(),
            .. new byte[32],
            .. vault0.ToArray(),
            .. vault1.ToArray(),
            .. new byte[32],
            .. mint0.ToArray(),
            .. mint1.ToArray(),
            .. new byte[RaydiumCpmmPoolAccount.Size - 8 - 7 * 32],
        ];
        return new AccountInfo(1, Cluster.ProgramId, data, Executable: false);
    }

    private static AccountInfo VaultOf(PublicKey mint, PublicKey holder, ulong amount)
    {
        var data = new byte[TokenAccount.Size];
        mint.CopyTo(data);
        holder.CopyTo(data.AsSpan(32));
        BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(64), amount);
        data[108] = 1;
        return new AccountInfo(2_039_280, TokenProgram.Id, data, Executable: false);
    }
}
