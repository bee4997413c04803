using Clones.Messaging.Outbox;

namespace Clones.Messaging.Tests;

public sealed class OutboxLanesTests
{
    [Fact]
    public async Task A_commit_that_fails_lets_nothing_overtake_what_is_ahead_of_it()
    {
        var lanes = new OutboxLanes();
        var (sending, failed, behind) = (lanes.Enter("a"), lanes.Enter("a"), lanes.Enter("a"));
        var givenUp = failed.GiveUpAsync();
        behind.Before.IsCompleted.ShouldBeFalse();

        sending.Leave(inOrder: true);
        await givenUp;
        (await behind.Before).ShouldBeTrue();
        behind.Leave(inOrder: true);
        lanes.Count.ShouldBe(0);
    }
}
