namespace Clones.Domain.Tests;

public sealed class StickyLanesTests
{
    private readonly StickyLanes<string> lanes = new(2);

    [Fact]
    public void A_key_keeps_its_lane_while_it_has_something_in_it()
    {
        lanes.Enter("a", 5).ShouldBe(0);
        lanes.Enter("b", 1).ShouldBe(1);
        lanes.Enter("b", 9).ShouldBe(1);

        lanes.Enter("a", 1).ShouldBe(0);
        lanes.Leave("a", 5);
        lanes.Enter("a", 1).ShouldBe(0);
        lanes.Leave("a", 2);
        lanes.Enter("c", 20).ShouldBe(0);
        lanes.Enter("a", 1).ShouldBe(1);
    }

    [Fact]
    public void A_new_key_gets_the_lane_with_the_fewest_items()
    {
        lanes.Enter("hangs", 3).ShouldBe(0);

        for (var i = 0; i < 2; i++)
        {
            lanes.Enter($"{i}", 1).ShouldBe(1);
        }
        lanes.Leave("0", 1);
        lanes.Enter("next", 1).ShouldBe(1);
    }

    [Fact]
    public void A_key_that_is_parted_goes_alone_until_it_has_nothing_left()
    {
        lanes.Enter("a", 2).ShouldBe(0);
        lanes.Part("a");

        lanes.IsShared("a").ShouldBeFalse();
        lanes.Enter("a", 1).ShouldBeNull();
        lanes.Enter("b", 1).ShouldBe(0);
        lanes.Leave("a", 2);
        lanes.IsShared("a").ShouldBeFalse();
        lanes.Leave("a", 1);
        lanes.IsShared("a").ShouldBeTrue();
        lanes.Enter("a", 1).ShouldBe(1);
    }
}
