using System.Numerics;
using Clones.Solana.Primitives;
using CsCheck;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace Clones.Solana.Tests.Primitives;

public sealed class Ed25519Tests
{
    private static readonly BigInteger GroupOrder = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493");

    [Fact]
    public void Signatures_are_those_of_another_library() =>
        Gen.Select(Gen.Byte.Array[32], Gen.Byte.Array[0, 300])
            .Sample(
                (seed, message) =>
                {
                    using var account = Account.FromSeed(seed);
                    var key = new Ed25519PrivateKeyParameters(seed);
                    var signer = new Ed25519Signer();
                    signer.Init(true, key);
                    signer.BlockUpdate(message, 0, message.Length);
                    return account.PublicKey.ToArray().AsSpan().SequenceEqual(key.GeneratePublicKey().GetEncoded())
                        && account.Sign(message).ToArray().AsSpan().SequenceEqual(signer.GenerateSignature());
                },
                iter: 50
            );

    [Fact]
    public void A_signature_holds_for_its_message_and_key_only()
    {
        using var account = Account.FromSeed(new byte[32]);
        using var other = Account.Generate();
        var signature = account.Sign("pay 5"u8);
        Ed25519.Verify(account.PublicKey, "pay 5"u8, signature).ShouldBeTrue();
        Ed25519.Verify(account.PublicKey, "pay 6"u8, signature).ShouldBeFalse();
        Ed25519.Verify(other.PublicKey, "pay 5"u8, signature).ShouldBeFalse();
        Ed25519.Verify(account.PublicKey, "pay 5"u8, default).ShouldBeFalse();
    }

    [Fact]
    public void Any_changed_bit_breaks_a_signature()
    {
        using var account = Account.FromSeed(new byte[32]);
        var signature = account.Sign("message"u8).ToArray();
        for (var bit = 0; bit < 512; bit++)
        {
            var changed = signature.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Ed25519.Verify(account.PublicKey, "message"u8, new Signature(changed)).ShouldBeFalse($"bit {bit}");
        }
    }

    [Fact]
    public void A_signature_with_the_group_order_added_to_S_is_rejected()
    {
        using var account = Account.FromSeed(new byte[32]);
        var signature = account.Sign("message"u8).ToArray();
        var s = new BigInteger(signature.AsSpan(32), isUnsigned: true);
        for (var malleable = s + GroupOrder; malleable < BigInteger.Pow(2, 256); malleable += GroupOrder)
        {
            var second = signature.ToArray();
            second.AsSpan(32).Clear();
            malleable.TryWriteBytes(second.AsSpan(32), out _, isUnsigned: true).ShouldBeTrue();
            Ed25519.Verify(account.PublicKey, "message"u8, new Signature(second)).ShouldBeFalse();
        }
    }

    [Theory]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000080")]
    [InlineData("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")]
    [InlineData("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000080")]
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    public void Nobody_signs_for_a_key_of_small_order(string keyHex)
    {
        // With S = 0 and R of small order, a lax verifier accepts about one message in eight.
        var key = new PublicKey(Convert.FromHexString(keyHex));
        string[] smallOrderPoints = ["01" + new string('0', 62), keyHex];
        foreach (var r in smallOrderPoints)
        {
            var signature = new Signature([.. Convert.FromHexString(r), .. new byte[32]]);
            for (var i = 0; i < 64; i++)
            {
                Ed25519.Verify(key, [(byte)i], signature).ShouldBeFalse();
            }
        }
    }
}
