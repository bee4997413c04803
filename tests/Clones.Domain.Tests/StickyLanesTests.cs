namespace Clones.Domain.Tests;

public sealed class StickyLanesTests
{
    private readonly StickyLanes<string> lanes = new(2);

    [Fact]
    public void A_key_keeps_its_lane_while_it_has_something_in_it()
    {
        var first = Enter("a", 0);
        Enter("b", 1);
        Enter("b", 1);

        var second = Enter("a", 0);
        lanes.Leave(first);
        var third = Enter("a", 0);
        lanes.Leave(second);
        lanes.Leave(third);
        // Forgotten, and the other lane has more.
        Enter("c", 0);
        Enter("c", 0);
        Enter("c", 0);
        Enter("a", 1);
    }

    [Fact]
    public void A_new_key_gets_the_lane_with_the_fewest_items()
    {
        Enter("hangs", 0);
        Enter("hangs", 0);

        var quick = Enter("quick", 1);
        Enter("another", 1);
        lanes.Leave(quick);
        Enter("next", 1);
    }

    [Fact]
    public void A_key_that_is_parted_goes_alone_until_what_it_had_then_is_done()
    {
        var had = new[] { Enter("a", 0), Enter("a", 0) };
        lanes.Part("a");

        lanes.IsShared("a").ShouldBeFalse();
        lanes.Enter("a").ShouldBeNull();
        Enter("b", 0);
        lanes.Leave(had[0]);
        (lanes.IsShared("a"), lanes.Enter("a")).ShouldBe((false, null));
        lanes.Leave(had[1]);
        lanes.IsShared("a").ShouldBeTrue();
        Enter("a", 1);
        lanes.Part("nobody");
    }

    private StickyLanes<string>.Place Enter(string key, int lane)
    {
        var place = lanes.Enter(key).ShouldNotBeNull();
        place.Lane.ShouldBe(lane);
        return place;
    }
}
