namespace Clones.Domain.Tests;

public sealed class OrderedIdTests
{
    [Fact]
    public void Ids_of_one_microsecond_after_the_other_lie_in_that_order_and_are_of_version_7()
    {
        var began = new DateTimeOffset(2026, 11, 30, 4, 13, 59, TimeSpan.Zero).AddMicroseconds(999_500);

        var ids = Enumerable.Range(0, 1_500).Select(i => OrderedId.At(began.AddMicroseconds(i))).ToList();

        ids.Select(id => $"{id}").ShouldBe(ids.Select(id => $"{id}").Order(StringComparer.Ordinal));
        ids.ShouldAllBe(id => id.Version == 7 && id.Variant >= 8 && id.Variant <= 11);
        ids.Distinct().Count().ShouldBe(ids.Count);
    }

    [Fact]
    public void The_floor_of_a_millisecond_lies_between_the_ids_before_it_and_those_of_it()
    {
        var began = new DateTimeOffset(2026, 11, 30, 4, 13, 59, 123, TimeSpan.Zero);

        var floor = OrderedId.FloorOf(began.ToUnixTimeMilliseconds());

        OrderedId.At(began.AddTicks(-1)).CompareTo(floor).ShouldBeLessThan(0);
        OrderedId.At(began).CompareTo(floor).ShouldBeGreaterThan(0);
        OrderedId
            .FloorOf(DateTimeOffset.MinValue.ToUnixTimeMilliseconds())
            .CompareTo(OrderedId.At(DateTimeOffset.UnixEpoch))
            .ShouldBeLessThan(0);
    }

    [Fact]
    public void Two_ids_of_one_moment_differ()
    {
        OrderedId.At(DateTimeOffset.UnixEpoch).ShouldNotBe(OrderedId.At(DateTimeOffset.UnixEpoch));
    }
}
