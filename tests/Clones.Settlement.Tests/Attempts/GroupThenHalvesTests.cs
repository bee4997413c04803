using Clones.Settlement.Attempts;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Clones.Settlement.Tests.Attempts;

public sealed class GroupThenHalvesTests
{
    private readonly List<int[]> tried = [];
    private readonly Dictionary<int, Exception> failed = [];

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(1_000)]
    public async Task One_that_always_fails_is_found_by_halving_and_fails_alone(int count)
    {
        for (var poison = 0; poison < count; poison += Math.Max(1, count / 10))
        {
            tried.Clear();
            failed.Clear();

            await RunAsync(count, group => group.Contains(poison) ? new InvalidOperationException("It always fails.") : null);

            failed.Keys.ShouldBe([poison]);
            tried.Where(group => !group.Contains(poison)).SelectMany(group => group).Count().ShouldBe(count - 1);
            tried.Count.ShouldBeLessThanOrEqualTo(1 + 2 * (int)Math.Ceiling(Math.Log2(count)));
        }
    }

    [Fact]
    public async Task Where_all_fail_each_has_its_own_failure()
    {
        await RunAsync(5, group => new InvalidOperationException($"{group.Length}"));

        failed.Keys.ShouldBe([0, 1, 2, 3, 4], ignoreOrder: true);
        failed.Values.ShouldAllBe(e => e.Message == "1");
    }

    [Fact]
    public async Task Where_the_database_is_away_nothing_is_tried_again_and_all_that_are_left_fail()
    {
        await RunAsync(
            8,
            group =>
                group.Length == 8 ? new InvalidOperationException("One of them fails.")
                : group.Length == 4 ? null
                : new NpgsqlException("away", new IOException())
        );
        (failed.Count, tried.Count).ShouldBe((0, 3));

        tried.Clear();
        await RunAsync(8, group => group.Length == 8 ? new InvalidOperationException() : new NpgsqlException("away", new IOException()));

        (failed.Count, tried.Count).ShouldBe((8, 2));
    }

    [Fact]
    public async Task Who_ends_it_gets_what_is_thrown_then()
    {
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(RunAsync(4, _ => new OperationCanceledException(cancel.Token), cancel.Token));

        (failed.Count, tried.Count).ShouldBe((0, 1));
    }

    private Task RunAsync(int count, Func<int[], Exception?> failure, CancellationToken cancellationToken = default) =>
        GroupThenHalves.RunAsync(
            [.. Enumerable.Range(0, count)],
            group =>
            {
                tried.Add(group);
                return failure(group) is { } e ? Task.FromException(e) : Task.CompletedTask;
            },
            (group, e) => Array.ForEach(group, item => failed[item] = e),
            NullLogger.Instance,
            cancellationToken
        );
}
