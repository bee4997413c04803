using Clones.Hosting;
using Clones.Testing.Hosts;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Custody.Tests;

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
        Rejected().Message.ShouldContain("DEPOSIT_KEY_ENCRYPTION_SECRET");
        Rejected(Secret1).Message.ShouldContain("DEPOSIT_KEY_ENCRYPTION_SALT");
        Rejected(Secret1, Salt1, ("DEPOSIT_KEY_ENCRYPTION_LATEST", "3")).Message.ShouldContain("DEPOSIT_KEY_ENCRYPTION_LATEST");
        var weak = Rejected(("DEPOSIT_KEY_ENCRYPTION_SECRET", "hunter2"), Salt1);
        weak.Message.ShouldContain("too weak");
        weak.Message.ShouldNotContain("hunter2");
    }

    [Theory]
    [InlineData("3")]
    [InlineData("v9")]
    [InlineData("-1")]
    [InlineData("two")]
    public void A_least_version_above_what_is_written_with_is_rejected(string version) =>
        Rejected(Secret1, Salt1, ("DEPOSIT_KEY_ENCRYPTION_MIN_VERSION", version))
            .Message.ShouldContain("DEPOSIT_KEY_ENCRYPTION_MIN_VERSION");

    [Fact]
    public void A_secret_that_repeats_itself_is_too_weak_however_long() =>
        Rejected(("DEPOSIT_KEY_ENCRYPTION_SECRET", new string('a', 64)), Salt1).Message.ShouldContain("too weak");

    [Fact]
    public void Each_version_may_have_a_salt_of_its_own()
    {
        var second = ("DEPOSIT_KEY_ENCRYPTION_SECRET_V2", TestKeys.Secret + "2");
        Rejected(second).Message.ShouldContain("DEPOSIT_KEY_ENCRYPTION_SALT_V2");
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

    [Theory]
    [InlineData("SECRETV3", "Did you mean DEPOSIT_KEY_ENCRYPTION_SECRET_V3?")]
    [InlineData("SECRET_3", "Did you mean DEPOSIT_KEY_ENCRYPTION_SECRET_V3?")]
    [InlineData("SECRET_V03", "Did you mean DEPOSIT_KEY_ENCRYPTION_SECRET_V3?")]
    [InlineData("SECRET_V1", "Did you mean DEPOSIT_KEY_ENCRYPTION_SECRET?")]
    [InlineData("SALTV2", "Did you mean DEPOSIT_KEY_ENCRYPTION_SALT_V2?")]
    [InlineData("MINVERSION", "Did you mean DEPOSIT_KEY_ENCRYPTION_MIN_VERSION?")]
    [InlineData("SECRET_V10000", "There are")]
    [InlineData("SECRT_V2", "There are")]
    [InlineData("", "There are")]
    public void A_misspelt_setting_is_named_and_stops_the_start(string name, string help)
    {
        var message = Rejected(Secret1, Salt1, ("DEPOSIT_KEY_ENCRYPTION_" + name, "a value")).Message;
        message.ShouldStartWith($"DEPOSIT_KEY_ENCRYPTION_{name} is not a setting. {help}");
        message.ShouldNotContain("a value");
    }

    [Fact]
    public void A_misspelt_setting_is_found_where_it_is_empty_or_where_the_secrets_come_from_a_file()
    {
        Rejected(Secret1, Salt1, ("DEPOSIT_KEY_ENCRYPTION_SECRETV3", "")).Message.ShouldContain("SECRETV3 is not a setting");
        Should
            .Throw<ConfigurationMissingException>(() =>
                new ServiceCollection().AddKeys(
                    TestKeys.Configuration(
                        ("DEPOSIT_KEY_ENCRYPTION_SOURCE", "file"),
                        ("DEPOSIT_KEY_ENCRYPTION_FILE", "/nowhere"),
                        ("DEPOSIT_KEY_ENCRYPTION_SECRETV3", "x")
                    )
                )
            )
            .Message.ShouldContain("SECRETV3 is not a setting");
    }

    [Theory]
    [InlineData("DEPOSIT_KEY_ENCRYPTON_SECRET_V2")]
    [InlineData("DEPOSIT_KEY_SECRET")]
    [InlineData("DEPOSIT_KEY_TRANSIT_KEYS")]
    public void A_setting_that_is_misspelt_before_its_last_word_is_named_too(string name) =>
        Rejected(Secret1, Salt1, (name, "a value"))
            .Message.ShouldBe(
                $"{name} is not a setting. Those begin with DEPOSIT_KEY_ENCRYPTION_, or are DEPOSIT_KEY_TRANSIT_KEY and DEPOSIT_KEY_TRANSIT_MOUNT."
            );

    [Fact]
    public void A_name_that_may_be_a_secret_whose_equals_sign_was_forgotten_is_not_shown()
    {
        var message = Rejected(Secret1, Salt1, ("DEPOSIT_KEY_ENCRYPTION_SECRET_c2VjcmV0IG9mIHRoZSBrZXlz", "")).Message;
        message.ShouldContain("is not a setting");
        message.ShouldNotContain("c2VjcmV0");
        Rejected(Secret1, Salt1, ("DEPOSIT_KEY_ENCRYPTON_SECRET_0123456789ABCDEF", "")).Message.ShouldStartWith("A name of 45 characters");
    }

    [Fact]
    public void A_salt_without_its_secret_is_rejected()
    {
        var orphan = ("DEPOSIT_KEY_ENCRYPTION_SALT_V2", "its own salt");
        Rejected(Secret1, Salt1, orphan).Message.ShouldContain("DEPOSIT_KEY_ENCRYPTION_SECRET_V2");
        Rejected(Secret1, Salt1, orphan, ("DEPOSIT_KEY_ENCRYPTION_SECRET_V2", ""))
            .Message.ShouldContain("DEPOSIT_KEY_ENCRYPTION_SECRET_V2");
    }

    [Fact]
    public void What_is_set_to_nothing_is_not_set() =>
        TestKeys.Ring(("DEPOSIT_KEY_ENCRYPTION_SALT_V2", ""), ("DEPOSIT_KEY_ENCRYPTION_SECRET_V2", "")).Latest.ShouldBe(1);

    private static ConfigurationMissingException Rejected(params (string, string)[] settings) =>
        Should.Throw<ConfigurationMissingException>(() => KeyRing.Load(TestKeys.Configuration(settings)));
}
