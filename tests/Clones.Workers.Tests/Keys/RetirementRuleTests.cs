using Clones.Workers.Keys;

namespace Clones.Workers.Tests.Keys;

public sealed class RetirementRuleTests
{
    private static readonly DateTimeOffset Begun = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset LastNeeded = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_nothing_needs_and_no_backup_may_be_retired()
    {
        Refusal(oldest: LastNeeded + RetirementRule.Margin).ShouldBeNull();
        Refusal(oldest: null).ShouldBeNull("no backup will ever be restored");
    }

    [Fact]
    public void While_a_row_needs_it_it_stays() => Refusal(rows: 1).ShouldNotBeNull().ShouldContain("1 stored keys need v1");

    [Fact]
    public void What_is_written_with_stays() => Refusal(masterKey: "v2").ShouldNotBeNull().ShouldContain("written with");

    [Fact]
    public void A_backup_from_before_the_last_key_left_still_needs_it()
    {
        Refusal(oldest: LastNeeded).ShouldNotBeNull().ShouldContain("2026-05-01 12:00:00Z");
        Refusal(oldest: LastNeeded + RetirementRule.Margin - TimeSpan.FromTicks(1)).ShouldNotBeNull();
    }

    [Fact]
    public void A_backup_from_before_the_log_may_hold_anything()
    {
        RetirementRule.Refuse("v1", 0, "v2", null, Begun, Begun).ShouldNotBeNull();
        RetirementRule.Refuse("v1", 0, "v2", null, Begun, Begun + RetirementRule.Margin).ShouldBeNull();
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

    private static string? Refusal(string masterKey = "v1", long rows = 0, DateTimeOffset? oldest = null) =>
        RetirementRule.Refuse(masterKey, rows, "v2", LastNeeded, Begun, oldest);
}
