using Clones.Persistence.Ledger;
using Clones.Settlement.Rules;
using Clones.Settlement.Store;

namespace Clones.Settlement.Tests.Ledger;

public sealed class SigningPermitTests
{
    private static readonly FenceReading Open = new(1, true, true, null, false, null, null, null, Heartbeat: 10);

    [Fact]
    public void An_open_fence_in_its_own_database_lets_pass() => SigningPermit.Decide(Open, heartbeatSeen: 9).IsOpen.ShouldBeTrue();

    [Fact]
    public void No_fence_lets_nobody_pass() => SigningPermit.Decide(null, 0).IsOpen.ShouldBeFalse();

    [Fact]
    public void A_raised_fence_tells_its_reason() =>
        SigningPermit.Decide(Open with { IsOpen = false, Reason = "Because." }, 0).Closed.ShouldBe("Because.");

    [Fact]
    public void A_raised_fence_lets_pass_whom_it_was_compared_for_since_and_nobody_else()
    {
        var raised = Open with { Raising = 4, IsOpen = false };

        SigningPermit.Decide(raised, 0, comparedRaising: 4).IsOpen.ShouldBeTrue();
        SigningPermit.Decide(raised, 0, comparedRaising: 3).IsOpen.ShouldBeFalse();
        SigningPermit.Decide(raised, 0, comparedRaising: null).IsOpen.ShouldBeFalse();
        SigningPermit.Decide(raised with { Held = true }, 0, comparedRaising: 4).IsOpen.ShouldBeFalse();
        SigningPermit.Decide(raised with { IsHere = false }, 0, comparedRaising: 4).IsOpen.ShouldBeFalse();
        SigningPermit.Decide(raised, heartbeatSeen: 11, comparedRaising: 4).IsOpen.ShouldBeFalse();
    }

    [Fact]
    public void An_open_fence_of_another_database_must_be_raised()
    {
        SigningPermit.Decide(Open with { IsHere = false }, 0).IsOpen.ShouldBeFalse();
        SigningPermit.MustRaise(Open with { IsHere = false }, 0).ShouldBeTrue();
    }

    [Fact]
    public void A_database_that_has_gone_back_in_time_must_be_raised()
    {
        SigningPermit.Decide(Open, heartbeatSeen: 11).IsOpen.ShouldBeFalse();
        SigningPermit.MustRaise(Open, heartbeatSeen: 11).ShouldBeTrue();
    }

    [Fact]
    public void A_database_that_has_written_nothing_since_is_the_same()
    {
        SigningPermit.Decide(Open, heartbeatSeen: 10).IsOpen.ShouldBeTrue();
        SigningPermit.MustRaise(Open, heartbeatSeen: 10).ShouldBeFalse();
    }

    [Fact]
    public void What_was_seen_never_goes_down_until_it_is_restarted()
    {
        var heartbeat = new DatabaseHeartbeat();
        heartbeat.Record(5);
        heartbeat.Record(3);
        heartbeat.Seen.ShouldBe(5);
        heartbeat.Restart(2);
        heartbeat.Seen.ShouldBe(2);
    }
}
