using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Tests.Vectors;

namespace Clones.Solana.Tests.Primitives;

public sealed class AddressVectorTests
{
    [Fact]
    public void The_vector_file_holds_at_least_500_vectors() => VectorFile.CountAll().ShouldBeGreaterThanOrEqualTo(500);

    [Fact]
    public void Base58_is_that_of_the_public_clients_in_both_directions()
    {
        foreach (var vector in VectorFile.Group("base58"))
        {
            Base58.Encode(vector.Hex("hex")).ShouldBe(vector.Text("text"));
            Base58.Decode(vector.Text("text")).ShouldBe(vector.Hex("hex"));
        }
    }

    [Fact]
    public void A_key_is_on_the_curve_where_the_public_clients_say_so()
    {
        foreach (var vector in VectorFile.Group("onCurve"))
        {
            var key = new PublicKey(vector.Hex("hex"));
            key.ToString().ShouldBe(vector.Text("address"));
            key.IsOnCurve().ShouldBe(vector.Flag("isOnCurve"), vector.ToString());
        }
    }

    [Fact]
    public void A_program_address_and_its_bump_are_those_of_the_public_clients()
    {
        foreach (var vector in VectorFile.Group("programAddresses"))
        {
            byte[][] seeds = [.. vector["seeds"].Items.Select(seed => seed.AsHex())];
            var (address, bump) = PublicKey.FindProgramAddress(seeds, vector.Key("programId"));
            address.ShouldBe(vector.Key("address"), vector.ToString());
            ((uint)bump).ShouldBe(vector.UInt32("bump"));
            PublicKey.CreateProgramAddress([.. seeds, [bump]], vector.Key("programId")).ShouldBe(address);
        }
    }

    [Fact]
    public void An_address_with_seed_is_that_of_the_public_clients()
    {
        foreach (var vector in VectorFile.Group("addressesWithSeed"))
        {
            PublicKey.CreateWithSeed(vector.Key("base"), vector.Text("seed"), vector.Key("owner")).ShouldBe(vector.Key("address"));
        }
    }

    [Fact]
    public void An_associated_token_account_is_where_the_public_clients_find_it()
    {
        foreach (var vector in VectorFile.Group("associatedAccounts"))
        {
            AssociatedTokenAccountProgram
                .FindAddress(vector.Key("owner"), vector.Key("mint"), vector.Key("tokenProgram"))
                .ShouldBe(vector.Key("address"));
        }
    }
}
