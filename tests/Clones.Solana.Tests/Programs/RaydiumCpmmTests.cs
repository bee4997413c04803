using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Tests.Vectors;

namespace Clones.Solana.Tests.Programs;

public sealed class RaydiumCpmmTests
{
    private static readonly PublicKey Mint = new([.. Enumerable.Repeat((byte)9, 32)]);

    [Fact]
    public void The_authority_and_config_of_mainnet_are_the_published_ones()
    {
        var pool = RaydiumCpmmPool.Derive(RaydiumCpmmCluster.Mainnet, 0, Mint, TokenProgram.NativeMint);
        pool.Authority.ToString().ShouldBe("GpMZbSM2GgvTKHJirzeGfMFoaZ8UR2X7F4v8vHTvxFbL");
        pool.Config.ToString().ShouldBe("D4FPEruKEHrG5TenZ2mpDGEfu1iUvTiqBxvpU8HLBvC2");
    }

    [Fact]
    public void The_authority_of_devnet_is_the_published_one() =>
        RaydiumCpmmPool
            .Derive(RaydiumCpmmCluster.Devnet, 0, Mint, TokenProgram.NativeMint)
            .Authority.ToString()
            .ShouldBe("CXniRufdq5xL8t8jZAPxsPZDpuudwuJSPWnbcD5Y5Nxq");

    [Fact]
    public void The_order_in_which_the_mints_are_named_does_not_matter()
    {
        var cluster = RaydiumCpmmCluster.Mainnet;
        var wrapped = new RaydiumCpmmSide(TokenProgram.NativeMint, TokenProgram.Id, 5);
        var token = new RaydiumCpmmSide(Mint, TokenProgram.Token2022Id, 7);
        RaydiumCpmmPool.Derive(cluster, 0, token.Mint, wrapped.Mint).ShouldBe(RaydiumCpmmPool.Derive(cluster, 0, wrapped.Mint, token.Mint));
        var one = RaydiumCpmm.Initialize(cluster, 0, Mint, wrapped, token, 0);
        var other = RaydiumCpmm.Initialize(cluster, 0, Mint, token, wrapped, 0);
        one.Data.ShouldBe(other.Data);
        one.Accounts.ShouldBe(other.Accounts);
    }

    [Fact]
    public void A_pool_of_one_mint_or_of_an_unknown_token_program_is_rejected()
    {
        var side = new RaydiumCpmmSide(Mint, TokenProgram.Id, 5);
        var foreign = new RaydiumCpmmSide(TokenProgram.NativeMint, SystemProgram.Id, 5);
        Should.Throw<ArgumentException>(() => RaydiumCpmm.Initialize(RaydiumCpmmCluster.Mainnet, 0, Mint, side, side, 0));
        Should.Throw<ArgumentException>(() => RaydiumCpmm.Initialize(RaydiumCpmmCluster.Mainnet, 0, Mint, side, foreign, 0));
    }

    [Fact]
    public void A_config_is_read_as_the_public_client_wrote_it()
    {
        foreach (var vector in VectorFile.Group("raydiumConfigs"))
        {
            RaydiumCpmmConfigAccount
                .Decode(vector.Hex("data"))
                .ShouldBe(
                    new RaydiumCpmmConfigAccount(
                        vector.Flag("disableCreatePool"),
                        (ushort)vector.UInt32("index"),
                        vector.UInt64("tradeFeeRate"),
                        vector.UInt64("protocolFeeRate"),
                        vector.UInt64("fundFeeRate"),
                        vector.UInt64("createPoolFee"),
                        vector.Key("protocolOwner"),
                        vector.Key("fundOwner")
                    )
                );
        }
    }

    [Fact]
    public void A_pool_is_read_as_the_public_client_wrote_it()
    {
        foreach (var vector in VectorFile.Group("raydiumPools"))
        {
            RaydiumCpmmPoolAccount
                .Decode(vector.Hex("data"))
                .ShouldBe(
                    new RaydiumCpmmPoolAccount(
                        vector.Key("configId"),
                        vector.Key("poolCreator"),
                        vector.Key("vaultA"),
                        vector.Key("vaultB"),
                        vector.Key("mintLp"),
                        vector.Key("mintA"),
                        vector.Key("mintB"),
                        vector.Key("mintProgramA"),
                        vector.Key("mintProgramB"),
                        vector.Key("observationId"),
                        vector.Byte("status"),
                        vector.Byte("lpDecimals"),
                        vector.Byte("mintDecimalA"),
                        vector.Byte("mintDecimalB"),
                        vector.UInt64("lpAmount"),
                        vector.UInt64("openTime")
                    )
                );
        }
    }
}
