using Clones.Settlement.Chain;

namespace Clones.Settlement.Tests;

public sealed class LanesTests
{
    [Fact]
    public async Task Each_item_is_done_once_and_no_more_at_a_time_than_there_are_lanes()
    {
        var (running, most) = (0, 0);
        var release = new TaskCompletionSource();
        var done = new List<int>();

        var all = Lanes.RunAsync(
            [.. Enumerable.Range(0, 20)],
            async item =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                await release.Task;
                Interlocked.Decrement(ref running);
                lock (done)
                {
                    done.Add(item);
                }
            },
            lanesMax: 8
        );

        running.ShouldBe(8);
        release.SetResult();
        await all;
        done.Order().ShouldBe(Enumerable.Range(0, 20));
        most.ShouldBe(8);
    }

    [Fact]
    public async Task One_that_fails_is_told_of_once_the_others_are_done()
    {
        var done = 0;
        var failure = await Should.ThrowAsync<InvalidOperationException>(() =>
            Lanes.RunAsync(
                [1, 2, 3],
                async item =>
                {
                    await Task.Yield();
                    if (item == 2)
                    {
                        throw new InvalidOperationException("the second");
                    }
                    Interlocked.Increment(ref done);
                }
            )
        );

        failure.Message.ShouldBe("the second");
        done.ShouldBe(2);
    }
}
