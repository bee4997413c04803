using System.Security.Cryptography;
using System.Text;
using Clones.Domain.Keys;
using Clones.Solana.Primitives;
using Clones.Testing.Hosts;

namespace Clones.Custody.Tests;

public sealed class SecretKeyCodecTests : IDisposable
{
    private readonly KeyRing ring = TestKeys.Ring();
    private readonly byte[] secretKey = new byte[64];
    private readonly KeyBinding binding;

    public SecretKeyCodecTests()
    {
        using var account = Account.Generate();
        account.CopySecretKeyTo(secretKey);
        binding = KeyBinding.OfWallet(Guid.CreateVersion7(), account.PublicKey.ToString());
    }

    public void Dispose() => ring.Dispose();

    [Fact]
    public void What_is_sealed_opens_as_current_and_never_looks_the_same_twice()
    {
        var stored = SecretKeyCodec.Seal(secretKey, binding, ring);
        var opened = new byte[64];

        Codec.Open(stored, binding, ring, opened).ShouldBe("v1");
        opened.ShouldBe(secretKey);
        SecretKeyCodec.Seal(secretKey, binding, ring).ShouldNotBe(stored);
        stored.ShouldStartWith("k1:1:");
    }

    [Fact]
    public void Any_character_changed_is_rejected()
    {
        var stored = SecretKeyCodec.Seal(secretKey, binding, ring);
        for (var i = 0; i < stored.Length; i++)
        {
            var changed = stored.ToCharArray();
            changed[i] = changed[i] == '7' ? '8' : '7';
            Should.Throw<KeyUnusableException>(() => Codec.Open(new string(changed), binding, ring, new byte[64]), $"position {i}");
        }
    }

    [Fact]
    public void Any_byte_of_any_stored_form_changed_to_any_other_is_rejected_or_not_the_key_of_the_address()
    {
        var bare = Convert.ToBase64String(secretKey);
        foreach (var stored in new[] { bare, OldSystem.Seal(bare), SecretKeyCodec.Seal(secretKey, binding, ring) })
        {
            var bytes = Encoding.UTF8.GetBytes(stored);
            for (var i = 0; i < bytes.Length; i++)
            {
                var before = bytes[i];
                for (var b = 0; b < 256; b++)
                {
                    bytes[i] = (byte)b;
                    (b == before).ShouldBe(IsTheKey(bytes), $"byte {i} of a {stored.Length} bytes long form became {b}");
                }
                bytes[i] = before;
            }
        }
    }

    private bool IsTheKey(byte[] stored)
    {
        var opened = new byte[64];
        try
        {
            SecretKeyCodec.Open(StoredKey.Parse(stored, binding), stored, binding, ring, opened);
            using var account = KeySealer.Derive(opened, binding, "any");
            return true;
        }
        catch (KeyUnusableException)
        {
            return false;
        }
    }

    [Fact]
    public void What_is_older_than_the_least_version_is_rejected()
    {
        using var strict = TestKeys.Ring(
            ("DEPOSIT_KEY_ENCRYPTION_SECRET_V2", TestKeys.Secret + "2"),
            ("DEPOSIT_KEY_ENCRYPTION_MIN_VERSION", "2")
        );
        var bare = Convert.ToBase64String(secretKey);
        foreach (var stored in new[] { bare, OldSystem.Seal(bare), SecretKeyCodec.Seal(secretKey, binding, ring) })
        {
            Should
                .Throw<KeyUnusableException>(() => Codec.Open(stored, binding, strict, new byte[64]))
                .Message.ShouldContain("DEPOSIT_KEY_ENCRYPTION_MIN_VERSION is 2");
        }
        Codec.Open(SecretKeyCodec.Seal(secretKey, binding, strict), binding, strict, new byte[64]).ShouldBe("v2");
    }

    [Fact]
    public void A_ciphertext_moved_to_another_wallet_does_not_open()
    {
        var stored = SecretKeyCodec.Seal(secretKey, binding, ring);
        KeyBinding[] others =
        [
            binding with
            {
                Id = Guid.CreateVersion7(),
            },
            binding with
            {
                Address = TestKeys.FreshAddress(),
            },
            binding with
            {
                Purpose = "mint",
            },
        ];
        foreach (var other in others)
        {
            Should.Throw<KeyUnusableException>(() => Codec.Open(stored, other, ring, new byte[64]));
        }
    }

    [Fact]
    public void A_shorter_tag_is_rejected_even_where_it_would_verify()
    {
        var parts = SecretKeyCodec.Seal(secretKey, binding, ring).Split(':');
        parts[3] = parts[3][..8];
        Should.Throw<KeyUnusableException>(() => Codec.Open(string.Join(':', parts), binding, ring, new byte[64]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("v1")]
    [InlineData("v1:00:00")]
    [InlineData("v9:000000000000000000000000:00000000000000000000000000000000:00")]
    [InlineData("v01:000000000000000000000000:00000000000000000000000000000000:00")]
    [InlineData("k1:1:zz:00:00")]
    [InlineData("k2:1:000000000000000000000000:00000000000000000000000000000000:00")]
    [InlineData("k1:1:0:0:0:0")]
    [InlineData("AAAA")]
    public void What_is_in_no_known_form_is_rejected_without_being_quoted(string stored)
    {
        var rejected = Should.Throw<KeyUnusableException>(() => Codec.Open(stored, binding, ring, new byte[64]));
        rejected.Message.ShouldContain(binding.Id.ToString());
        if (stored.Length > 12)
        {
            rejected.Message.ShouldNotContain(stored);
        }
    }

    [Fact]
    public void White_space_within_bare_base64_is_rejected()
    {
        var bare = Convert.ToBase64String(secretKey);
        var spaced = bare[..10] + " " + bare[11..];
        Should.Throw<KeyUnusableException>(() => Codec.Open(spaced, binding, ring, new byte[64]));
    }

    [Fact]
    public void A_failed_opening_leaves_no_plaintext_behind()
    {
        var stored = SecretKeyCodec.Seal(secretKey, binding, ring);
        var destination = RandomNumberGenerator.GetBytes(64);
        Should.Throw<KeyUnusableException>(() => Codec.Open(stored, binding with { Id = Guid.CreateVersion7() }, ring, destination));
        destination.ShouldNotBe(secretKey);
        destination.ShouldAllBe(b => b == 0);
    }
}
