using Clones.Persistence.Messaging;
using MassTransit;

namespace Clones.Persistence.Tests.Messaging;

public sealed class InboxIdentityTests
{
    private static readonly DateTime Now = TimeProvider.System.GetUtcNow().UtcDateTime;

    [Fact]
    public void MassTransits_ids_and_version_7_ids_carry_their_time()
    {
        for (var i = 0; i < 1000; i++)
        {
            InboxIdentity.TimeOf(NewId.NextGuid(), Now)!.Value.ShouldBe(Now, TimeSpan.FromMinutes(1));
            InboxIdentity.TimeOf(Guid.CreateVersion7(new DateTimeOffset(Now)), Now)!.Value.ShouldBe(Now, TimeSpan.FromMinutes(1));
        }
    }

    [Fact]
    public void Random_ids_carry_none_but_for_one_in_ten_thousand_by_chance() =>
        Enumerable.Range(0, 50_000).Count(_ => InboxIdentity.TimeOf(Guid.NewGuid(), Now) is not null).ShouldBeLessThan(50);

    [Fact]
    public void A_time_that_no_sender_can_mean_is_no_time()
    {
        InboxIdentity.TimeOf(Guid.CreateVersion7(new DateTimeOffset(Now.AddDays(3))), Now).ShouldBeNull();
        InboxIdentity.TimeOf(Guid.CreateVersion7(new DateTimeOffset(Now.AddYears(-30))), Now).ShouldBeNull();
        InboxIdentity.TimeOf(Guid.Empty, Now).ShouldBeNull();
        InboxIdentity.TimeOf(Guid.AllBitsSet, Now).ShouldBeNull();
    }
}
