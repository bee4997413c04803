using System.Threading.Channels;
using Clones.Messaging.Sagas;

namespace Clones.Messaging.Tests;

public sealed class GroupingTests
{
    [Fact]
    public async Task What_comes_while_groups_are_under_way_is_handed_on_together()
    {
        using var ends = new SemaphoreSlim(0);
        var begun = Channel.CreateUnbounded<int[]>();
        var grouping = new Grouping<int>(async group =>
        {
            begun.Writer.TryWrite([.. group]);
            await ends.WaitAsync();
        });
        grouping.Add(1);
        (await begun.Reader.ReadAsync()).ShouldBe([1]);
        grouping.Add(2);
        (await begun.Reader.ReadAsync()).ShouldBe([2]);
        foreach (var item in Enumerable.Range(3, 100))
        {
            grouping.Add(item);
        }

        begun.Reader.TryPeek(out _).ShouldBeFalse();
        ends.Release();
        (await begun.Reader.ReadAsync()).ShouldBe(Enumerable.Range(3, 64));
        ends.Release();
        (await begun.Reader.ReadAsync()).ShouldBe(Enumerable.Range(67, 36));
        ends.Release(2);
        grouping.Add(103);
        (await begun.Reader.ReadAsync()).ShouldBe([103]);
        ends.Release();
    }
}
