using System.Text.Json;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using CsCheck;

namespace Clones.Solana.Tests.Primitives;

public sealed class PublicKeyTests
{
    private static readonly Gen<byte[]> Bytes32 = Gen.Byte.Array[32];

    [Fact]
    public void Any_32_bytes_survive_the_way_through_text() =>
        Bytes32.Sample(bytes =>
        {
            var key = new PublicKey(bytes);
            return PublicKey.Parse(key.ToString()) == key && key.ToArray().AsSpan().SequenceEqual(bytes);
        });

    [Fact]
    public void Any_64_bytes_survive_as_a_signature() =>
        Gen.Byte.Array[64].Sample(bytes => Signature.Parse(new Signature(bytes).ToString()).ToArray().AsSpan().SequenceEqual(bytes));

    [Fact]
    public void Keys_are_ordered_by_their_bytes() =>
        Gen.Select(Bytes32, Bytes32)
            .Sample((a, b) => Math.Sign(new PublicKey(a).CompareTo(new PublicKey(b))) == Math.Sign(a.AsSpan().SequenceCompareTo(b)));

    [Fact]
    public void A_text_of_another_length_is_no_key() =>
        Gen
            .Byte.Array[0, 80]
            .Where(bytes => bytes.Length != 32)
            .Sample(bytes => !PublicKey.TryParse(Base58.Encode(bytes), out var key) && key == default);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" 11111111111111111111111111111111")]
    [InlineData("1111111111111111111111111111111")]
    [InlineData("111111111111111111111111111111111")]
    [InlineData("0WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM")]
    [InlineData("IWzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM")]
    [InlineData("9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM\n")]
    [InlineData("９WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM")]
    [InlineData("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")]
    public void A_text_that_is_no_address_is_rejected(string? text) => PublicKey.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void A_text_of_any_length_is_rejected_quickly() => PublicKey.TryParse(new string('z', 10_000_000), out _).ShouldBeFalse();

    [Fact]
    public void Random_text_never_throws_in_TryParse() =>
        Gen.String[0, 100].Sample(text => !PublicKey.TryParse(text, out var key) || key.ToString() == text);

    [Fact]
    public void A_public_key_is_on_the_curve_and_a_program_address_is_not()
    {
        using var account = Account.Generate();
        account.PublicKey.IsOnCurve().ShouldBeTrue();
        AssociatedTokenAccountProgram.FindAddress(account.PublicKey, TokenProgram.NativeMint, TokenProgram.Id).IsOnCurve().ShouldBeFalse();
        SystemProgram.Id.IsOnCurve().ShouldBeTrue();
    }

    [Theory]
    // y = p, p + 1: the same points as y = 0 and 1; the chain decompresses them, people never mean them.
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", true, false)]
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", true, false)]
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", true, false)]
    // The identity and -1 with a sign although x is zero.
    [InlineData("0100000000000000000000000000000000000000000000000000000000000080", true, false)]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", true, false)]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000", true, true)]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", true, true)]
    // y = 2 has no x.
    [InlineData("0200000000000000000000000000000000000000000000000000000000000000", false, true)]
    public void Encodings_that_are_not_canonical_are_told_apart_from_being_off_the_curve(string hex, bool onCurve, bool canonical)
    {
        var key = new PublicKey(Convert.FromHexString(hex));
        key.IsOnCurve().ShouldBe(onCurve);
        key.IsCanonical().ShouldBe(canonical);
    }

    [Fact]
    public void Seeds_beyond_the_limits_are_rejected()
    {
        Should.Throw<ArgumentException>(() => PublicKey.FindProgramAddress([new byte[33]], SystemProgram.Id));
        Should.Throw<ArgumentException>(() => PublicKey.FindProgramAddress(new byte[16][], SystemProgram.Id));
        Should.Throw<ArgumentException>(() => PublicKey.CreateWithSeed(default, new string('ü', 17), default));
        var marked = new byte[32];
        "ProgramDerivedAddress"u8.CopyTo(marked.AsSpan(11));
        Should.Throw<ArgumentException>(() => PublicKey.CreateWithSeed(default, "seed", new PublicKey(marked)));
    }

    [Fact]
    public void Keys_are_texts_in_json_and_bad_texts_are_rejected_there()
    {
        var key = TokenProgram.Id;
        JsonSerializer.Serialize(key).ShouldBe($"\"{key}\"");
        JsonSerializer.Deserialize<PublicKey>($"\"{key}\"").ShouldBe(key);
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<PublicKey>("\"abc\""));
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Signature>("5"));
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Blockhash>("null"));
    }

    [Fact]
    public void Only_whole_keys_can_be_made_from_bytes()
    {
        Should.Throw<ArgumentException>(() => new PublicKey(new byte[31]));
        Should.Throw<ArgumentException>(() => new Signature(new byte[63]));
        Should.Throw<ArgumentException>(() => new Blockhash(new byte[33]));
    }
}
