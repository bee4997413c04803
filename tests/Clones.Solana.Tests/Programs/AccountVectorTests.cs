using Clones.Solana.Programs;
using Clones.Solana.Tests.Vectors;

namespace Clones.Solana.Tests.Programs;

public sealed class AccountVectorTests
{
    [Fact]
    public void A_mint_is_read_as_the_public_clients_wrote_it()
    {
        foreach (var vector in VectorFile.Group("mints"))
        {
            var mint = MintAccount.Decode(vector.Hex("data"));
            mint.MintAuthority.ShouldBe(vector.KeyOrNull("mintAuthority"));
            mint.FreezeAuthority.ShouldBe(vector.KeyOrNull("freezeAuthority"));
            mint.Supply.ShouldBe(vector.UInt64("supply"));
            mint.Decimals.ShouldBe(vector.Byte("decimals"));
            mint.IsInitialized.ShouldBe(vector.Flag("isInitialized"));
            var metadata = mint.Metadata();
            if (vector["metadata"].IsNull)
            {
                metadata.ShouldBeNull();
                continue;
            }

            var expected = vector["metadata"];
            metadata.ShouldNotBeNull();
            metadata.UpdateAuthority.ShouldBe(expected.KeyOrNull("updateAuthority"));
            metadata.Mint.ShouldBe(expected.Key("mint"));
            metadata.Name.ShouldBe(expected.Text("name"));
            metadata.Symbol.ShouldBe(expected.Text("symbol"));
            metadata.Uri.ShouldBe(expected.Text("uri"));
            metadata
                .Additional.Select(pair => (pair.Key, pair.Value))
                .ShouldBe(expected["additional"].Items.Select(pair => (pair.Items[0].AsText(), pair.Items[1].AsText())));
        }
    }

    [Fact]
    public void A_token_account_is_read_as_the_public_clients_wrote_it()
    {
        foreach (var vector in VectorFile.Group("tokenAccounts"))
        {
            TokenAccount
                .Decode(vector.Hex("data"))
                .ShouldBeEquivalentTo(
                    new TokenAccount(
                        vector.Key("mint"),
                        vector.Key("owner"),
                        vector.UInt64("amount"),
                        vector.KeyOrNull("delegate"),
                        (TokenAccountState)vector.Byte("state"),
                        vector.UInt64OrNull("nativeRentLamports"),
                        vector.UInt64("delegatedAmount"),
                        vector.KeyOrNull("closeAuthority"),
                        []
                    )
                );
        }
    }

    [Fact]
    public void The_sizes_of_a_mint_with_metadata_are_those_of_the_public_clients()
    {
        foreach (var vector in VectorFile.Group("mintSizes"))
        {
            Token2022Mint.SizeWithMetadataPointer.ShouldBe(vector.Int32("space"));
            Token2022Mint
                .SizeWithMetadata(vector.Text("name"), vector.Text("symbol"), vector.Text("uri"))
                .ShouldBe(vector.Int32("full"), vector.ToString());
        }
    }
}
