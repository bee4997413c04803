namespace Clones.Custody.Tests;

public sealed class RetirementRuleTests
{
    private static readonly DateTimeOffset Begun = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset LastNeeded = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_nothing_needs_and_no_backup_may_be_retired()
    {
        Rejection(oldest: LastNeeded + RetirementRule.Margin).ShouldBeNull();
        Rejection(oldest: null).ShouldBeNull("no backup will ever be restored");
    }

    [Fact]
    public void While_a_row_needs_it_it_stays() => Rejection(rows: 1).ShouldNotBeNull().ShouldContain("1 stored keys need v1");

    [Fact]
    public void What_is_written_with_stays() => Rejection(masterKey: "v2").ShouldNotBeNull().ShouldContain("written with");

    [Fact]
    public void A_backup_from_before_the_last_key_left_still_needs_it()
    {
        Rejection(oldest: LastNeeded).ShouldNotBeNull().ShouldContain("2026-05-01 12:00:00Z");
        Rejection(oldest: LastNeeded + RetirementRule.Margin - TimeSpan.FromTicks(1)).ShouldNotBeNull();
    }

    [Fact]
    public void A_backup_from_before_the_log_may_hold_anything()
    {
        Rejection(lastNeeded: Never, oldest: Begun).ShouldNotBeNull();
        Rejection(lastNeeded: Never, oldest: Begun + RetirementRule.Margin).ShouldBeNull();
    }

    [Fact]
    public void A_name_that_no_key_was_ever_under_is_told_to_be_unknown() =>
        Rejection(masterKey: "v9", isKnown: false, current: "v10").ShouldBe("v9 is not known here: no key was ever under it.");

    [Fact]
    public void A_restore_point_of_the_future_is_rejected_by_the_name_of_its_option()
    {
        Rejection(oldest: Now + TimeSpan.FromTicks(1)).ShouldNotBeNull().ShouldContain("--oldest-restore-point");
        Rejection(oldest: Now).ShouldBeNull();
    }

    [Theory]
    [InlineData("v3", "v2")]
    [InlineData("v10", "v9")]
    [InlineData("transit-v3", "transit-v2")]
    public void A_version_newer_than_the_current_one_stays(string masterKey, string current) =>
        Rejection(masterKey: masterKey, current: current).ShouldNotBeNull().ShouldContain("newer");

    [Fact]
    public void Even_without_restore_points_a_replica_that_is_just_storing_a_key_is_waited_for()
    {
        Rejection(now: LastNeeded + RetirementRule.Margin - TimeSpan.FromTicks(1)).ShouldNotBeNull().ShouldContain("2026-05-01 12:15:00Z");
        Rejection(now: LastNeeded + RetirementRule.Margin).ShouldBeNull();
    }

    [Theory]
    [InlineData("v01")]
    [InlineData("v0002")]
    [InlineData("transit-v03")]
    [InlineData("v1\0")]
    public void A_number_written_another_way_is_no_name(string text) => MasterKeyName.IsOne(text).ShouldBeFalse();

    [Theory]
    [InlineData("v1", "v1", "v1-unbound")]
    [InlineData("plaintext", "plaintext")]
    [InlineData("transit-v3", "transit-v3")]
    public void The_old_form_needs_the_same_secret(string masterKey, params string[] needing) =>
        MasterKeyName.NeedingIt(masterKey).ShouldBe(needing);

    [Theory]
    [InlineData("v1", true)]
    [InlineData("v9999", true)]
    [InlineData("plaintext", true)]
    [InlineData("transit-v3", true)]
    [InlineData("v0", false)]
    [InlineData("v10000", false)]
    [InlineData("1", false)]
    [InlineData("v1-unbound", false)]
    [InlineData("transit-", false)]
    [InlineData("", false)]
    public void Names_of_master_keys_are_told_from_others(string text, bool isOne) => MasterKeyName.IsOne(text).ShouldBe(isOne);

    private static readonly DateTimeOffset? Never = DateTimeOffset.MinValue;

    private static string? Rejection(
        string masterKey = "v1",
        long rows = 0,
        DateTimeOffset? oldest = null,
        bool isKnown = true,
        string current = "v2",
        DateTimeOffset? lastNeeded = null,
        DateTimeOffset? now = null
    ) =>
        RetirementRule.Reject(
            masterKey,
            new KeyPast(isKnown, rows, lastNeeded == Never ? null : lastNeeded ?? LastNeeded, Begun),
            current,
            oldest,
            now ?? Now
        );
}
