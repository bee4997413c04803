using Clones.Solana.Primitives;

namespace Clones.Solana.Tests.Primitives;

public sealed class AccountTests
{
    [Fact]
    public void A_secret_key_survives_export_and_import()
    {
        using var account = Account.Generate();
        Span<byte> secret = stackalloc byte[64];
        account.CopySecretKeyTo(secret);
        using var again = Account.FromSecretKey(secret);
        again.PublicKey.ShouldBe(account.PublicKey);
        again.Sign("x"u8).ShouldBe(account.Sign("x"u8));
        new PublicKey(secret[32..]).ShouldBe(account.PublicKey);
    }

    [Fact]
    public void A_public_half_that_does_not_belong_to_the_secret_half_is_rejected()
    {
        using var account = Account.Generate();
        var secret = new byte[64];
        account.CopySecretKeyTo(secret);
        secret[40] ^= 1;
        var error = Should.Throw<ArgumentException>(() => Account.FromSecretKey(secret));
        error.Message.ShouldNotContain(Base58.Encode(secret.AsSpan(0, 32)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(32)]
    [InlineData(63)]
    [InlineData(65)]
    public void Only_64_bytes_are_a_secret_key(int length) =>
        Should.Throw<ArgumentException>(() => Account.FromSecretKey(new byte[length]));

    [Theory]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(64)]
    public void Only_32_bytes_are_a_seed(int length) => Should.Throw<ArgumentException>(() => Account.FromSeed(new byte[length]));

    [Fact]
    public void The_text_of_an_account_is_its_address()
    {
        using var account = Account.Generate();
        account.ToString().ShouldBe(account.PublicKey.ToString());
        $"{account}".ShouldBe(account.PublicKey.ToString());
    }

    [Fact]
    public void No_public_member_of_an_account_hands_the_secret_out_in_managed_memory()
    {
        Type[] managed = [typeof(byte[]), typeof(ReadOnlySpan<byte>), typeof(ReadOnlyMemory<byte>), typeof(Memory<byte>)];
        typeof(Account).GetMethods().Select(method => method.ReturnType).Intersect(managed).ShouldBeEmpty();
    }

    [Fact]
    public void A_disposed_account_neither_signs_nor_exports()
    {
        var account = Account.Generate();
        account.Dispose();
        Should.Throw<ObjectDisposedException>(() => account.Sign("x"u8));
        Should.Throw<ObjectDisposedException>(() => account.CopySecretKeyTo(new byte[64]));
    }

    [Fact]
    public void Two_generated_accounts_differ()
    {
        using var first = Account.Generate();
        using var second = Account.Generate();
        first.PublicKey.ShouldNotBe(second.PublicKey);
    }
}
