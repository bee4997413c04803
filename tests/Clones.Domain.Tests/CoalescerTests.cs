namespace Clones.Domain.Tests;

public sealed class CoalescerTests
{
    private readonly List<string> groups = [];
    private readonly List<TaskCompletionSource> holds = [];

    [Fact]
    public async Task The_first_is_handled_at_once_and_what_comes_meanwhile_is_one_group()
    {
        var coalescer = Holding();
        var first = coalescer.AddAsync("a", 1);
        await HeldAsync(1);
        var rest = Task.WhenAll(coalescer.AddAsync("a", 2), coalescer.AddAsync("a", 3));
        var pair = coalescer.AddAsync("a", [4, 5]);

        holds[0].SetResult();
        (await first).ShouldBe(10);
        await HeldAsync(2);
        holds[1].SetResult();

        (await rest).ShouldBe([20, 30]);
        (await pair).ShouldBe([40, 50]);
        groups.ShouldBe(["a: 1", "a: 2 3 4 5"]);
    }

    [Fact]
    public async Task Lanes_do_not_wait_for_each_other()
    {
        var coalescer = Holding();
        var slow = coalescer.AddAsync("slow", 1);
        await HeldAsync(1);

        var quick = coalescer.AddAsync("quick", 2);
        await HeldAsync(2);
        holds[1].SetResult();

        (await quick).ShouldBe(20);
        slow.IsCompleted.ShouldBeFalse();
        holds[0].SetResult();
        (await slow).ShouldBe(10);
    }

    [Fact]
    public async Task A_group_has_a_largest_size()
    {
        var coalescer = new Coalescer<string, int, int>(RecordAsync, groupMax: 2, _ => false);

        (await coalescer.AddAsync("a", [1, 2, 3, 4, 5])).ShouldBe([10, 20, 30, 40, 50]);

        groups.ShouldBe(["a: 1 2", "a: 3 4", "a: 5"]);
    }

    [Fact]
    public async Task One_that_cannot_be_handled_fails_alone_and_the_lane_goes_on()
    {
        var coalescer = new Coalescer<string, int, int>(
            (lane, items) => items.Contains(3) ? throw new FormatException("three") : RecordAsync(lane, items),
            groupMax: 10,
            e => e is FormatException
        );

        await Should.ThrowAsync<FormatException>(coalescer.AddAsync("a", [1, 2, 3, 4, 5]));

        groups.SelectMany(g => g[3..].Split(' ')).ShouldBe(["1", "2", "4", "5"]);
        (await coalescer.AddAsync("a", 6)).ShouldBe(60);
    }

    [Fact]
    public async Task A_failure_of_the_whole_is_everyones_and_is_not_tried_one_by_one()
    {
        var tries = 0;
        var coalescer = new Coalescer<string, int, int>(
            (_, _) => Interlocked.Increment(ref tries) == 1 ? throw new TimeoutException() : Task.FromResult<IReadOnlyList<int>>([7]),
            groupMax: 10,
            e => e is FormatException
        );

        await Should.ThrowAsync<TimeoutException>(coalescer.AddAsync("a", [1, 2, 3]));

        tries.ShouldBe(1);
        (await coalescer.AddAsync("a", 4)).ShouldBe(7);
    }

    private Coalescer<string, int, int> Holding() =>
        new(
            async (lane, items) =>
            {
                var hold = new TaskCompletionSource();
                lock (holds)
                {
                    holds.Add(hold);
                }
                await hold.Task;
                return await RecordAsync(lane, items);
            },
            groupMax: 10,
            _ => false
        );

    private Task<IReadOnlyList<int>> RecordAsync(string lane, IReadOnlyList<int> items)
    {
        lock (groups)
        {
            groups.Add($"{lane}: {string.Join(' ', items)}");
        }
        return Task.FromResult<IReadOnlyList<int>>([.. items.Select(i => 10 * i)]);
    }

    private async Task HeldAsync(int count)
    {
        while (true)
        {
            lock (holds)
            {
                if (holds.Count >= count)
                {
                    return;
                }
            }
            await Task.Yield();
        }
    }
}
