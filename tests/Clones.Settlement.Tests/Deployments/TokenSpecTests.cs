using System.Buffers.Binary;
using Clones.Domain.Agents;
using Clones.Settlement.Deployments;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Tests.Deployments;

public sealed class TokenSpecTests
{
    private static readonly PublicKey Mint = Account.Generate().PublicKey;
    private static readonly PublicKey Somebody = Account.Generate().PublicKey;

    private readonly TokenSpec promise = TokenSpec.Of(
        SampleAgent.Of(supply: 5_000, decimals: 3, standard: TokenStandard.SplToken),
        Mint,
        ""
    );

    [Fact]
    public void A_mint_as_promised_does_not_deviate() => promise.Deviation(MintOf(5_000_000, 3)).ShouldBeNull();

    [Fact]
    public void Every_deviation_is_named()
    {
        promise.Deviation(MintOf(5_000_001, 3))!.ShouldContain("5000001 base units, not 5000000");
        promise.Deviation(MintOf(5_000_000, 4))!.ShouldContain("4 decimals");
        promise.Deviation(MintOf(5_000_000, 3, mintAuthority: Somebody))!.ShouldContain($"{Somebody} can still mint");
        promise.Deviation(MintOf(5_000_000, 3, freezeAuthority: Somebody))!.ShouldContain($"{Somebody} can freeze");
        promise.Deviation(MintOf(5_000_000, 3, isInitialized: false))!.ShouldContain("not initialized");
        promise.Deviation(MintOf(5_000_000, 3) with { Owner = TokenProgram.Token2022Id })!.ShouldContain("belongs to");
        promise.Deviation(MintOf(5_000_000, 3) with { Data = new byte[3] })!.ShouldContain("not a mint");
    }

    [Fact]
    public void A_token_2022_mint_without_metadata_deviates()
    {
        var named = promise with { TokenProgram = TokenProgram.Token2022Id };

        named.Deviation(MintOf(5_000_000, 3) with { Owner = TokenProgram.Token2022Id })!.ShouldContain("no metadata");
    }

    [Fact]
    public void Rights_that_were_asked_for_are_expected_in_the_right_hands()
    {
        var wanted = promise with { MintAuthority = Somebody, FreezeAuthority = Somebody };
        var stranger = Account.Generate().PublicKey;

        wanted.Deviation(MintOf(5_000_000, 3, Somebody, Somebody)).ShouldBeNull();
        wanted.Deviation(MintOf(5_000_000, 3, null, Somebody))!.ShouldContain("nobody can mint any more");
        wanted.Deviation(MintOf(5_000_000, 3, stranger, Somebody))!.ShouldContain($"{stranger} can still mint");
        wanted.Deviation(MintOf(5_000_000, 3, Somebody, null))!.ShouldContain("nobody can freeze accounts");
        wanted.Deviation(MintOf(5_000_000, 3, Somebody, stranger))!.ShouldContain($"{stranger} can freeze");
    }

    private static AccountInfo MintOf(
        ulong supply,
        byte decimals,
        PublicKey? mintAuthority = null,
        PublicKey? freezeAuthority = null,
        bool isInitialized = true
    )
    {
        // Layout of the SPL Token program: authority option, supply, decimals, initialized, freeze authority option.
        var data = new byte[MintAccount.Size];
        Write(data, 0, mintAuthority);
        BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(36), supply);
        data[44] = decimals;
        data[45] = isInitialized ? (byte)1 : (byte)0;
        Write(data, 46, freezeAuthority);
        return new AccountInfo(1_461_600, TokenProgram.Id, data, Executable: false);
    }

    private static void Write(byte[] data, int offset, PublicKey? key)
    {
        if (key is { } value)
        {
            data[offset] = 1;
            value.CopyTo(data.AsSpan(offset + 4));
        }
    }
}
