using Clones.Persistence.Messaging.Hosting;
using Clones.Workers.Keys;

namespace Clones.Workers.Tests.Keys;

public sealed class KeySourceTests
{
    private static readonly (string, string) Secret1 = ("DEPOSIT_KEY_ENCRYPTION_SECRET", TestKeys.Secret);
    private static readonly (string, string) Salt1 = ("DEPOSIT_KEY_ENCRYPTION_SALT", TestKeys.Salt);

    [Fact]
    public void The_highest_version_is_written_with_unless_another_is_named()
    {
        var second = ("DEPOSIT_KEY_ENCRYPTION_SECRET_V2", TestKeys.Secret + "2");
        TestKeys.Ring(second).Latest.ShouldBe(2);
        TestKeys.Ring(second, ("DEPOSIT_KEY_ENCRYPTION_LATEST", "1")).Latest.ShouldBe(1);
        TestKeys.Ring(second, ("DEPOSIT_KEY_ENCRYPTION_LATEST", "v1")).Latest.ShouldBe(1);
        TestKeys.Ring(second, ("DEPOSIT_KEY_ENCRYPTION_LATEST", "v1")).Knows(2).ShouldBeTrue();
    }

    [Fact]
    public void What_is_missing_is_named_and_what_is_there_is_not_shown()
    {
        Refused().Message.ShouldContain("DEPOSIT_KEY_ENCRYPTION_SECRET");
        Refused(Secret1).Message.ShouldContain("DEPOSIT_KEY_ENCRYPTION_SALT");
        Refused(Secret1, Salt1, ("DEPOSIT_KEY_ENCRYPTION_LATEST", "3")).Message.ShouldContain("DEPOSIT_KEY_ENCRYPTION_LATEST");
        var weak = Refused(("DEPOSIT_KEY_ENCRYPTION_SECRET", "hunter2"), Salt1);
        weak.Message.ShouldContain("too weak");
        weak.Message.ShouldNotContain("hunter2");
    }

    [Theory]
    [InlineData("3")]
    [InlineData("v9")]
    [InlineData("-1")]
    [InlineData("two")]
    public void A_least_version_above_what_is_written_with_is_refused(string version) =>
        Refused(Secret1, Salt1, ("DEPOSIT_KEY_ENCRYPTION_MIN_VERSION", version))
            .Message.ShouldContain("DEPOSIT_KEY_ENCRYPTION_MIN_VERSION");

    [Fact]
    public void A_secret_that_repeats_itself_is_too_weak_however_long() =>
        Refused(("DEPOSIT_KEY_ENCRYPTION_SECRET", new string('a', 64)), Salt1).Message.ShouldContain("too weak");

    [Fact]
    public void Each_version_may_have_a_salt_of_its_own()
    {
        var second = ("DEPOSIT_KEY_ENCRYPTION_SECRET_V2", TestKeys.Secret + "2");
        Refused(second).Message.ShouldContain("DEPOSIT_KEY_ENCRYPTION_SALT_V2");
        using var ring = KeyRing.Load(TestKeys.Configuration(second, ("DEPOSIT_KEY_ENCRYPTION_SALT_V2", "its own salt")));
        ring.Knows(1).ShouldBeFalse();
        ring.Latest.ShouldBe(2);
    }

    [Fact]
    public void A_weak_old_secret_still_opens_what_it_wrote_where_a_strong_one_writes()
    {
        using var ring = KeyRing.Load(
            TestKeys.Configuration(("DEPOSIT_KEY_ENCRYPTION_SECRET", "weak"), Salt1, ("DEPOSIT_KEY_ENCRYPTION_SECRET_V2", TestKeys.Secret))
        );
        ring.Knows(1).ShouldBeTrue();
        ring.Latest.ShouldBe(2);
    }

    private static ConfigurationMissingException Refused(params (string, string)[] settings) =>
        Should.Throw<ConfigurationMissingException>(() => KeyRing.Load(TestKeys.Configuration(settings)));
}
