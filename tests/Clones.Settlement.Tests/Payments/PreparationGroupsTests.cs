using Clones.Messaging.Bus;
using Clones.Settlement.Payments;
using Clones.Testing;

namespace Clones.Settlement.Tests.Payments;

public sealed class PreparationGroupsTests : IDisposable
{
    private readonly List<IReadOnlyCollection<Guid>> begun = [];
    private readonly Dictionary<Guid, Exception> failures = [];
    private readonly SemaphoreSlim free = new(0);
    private readonly Guid hanging = Guid.NewGuid();
    private readonly TaskCompletionSource answered = new();
    private readonly PreparationGroups groups;

    private readonly CancellationTokenSource stopped = new();

    public PreparationGroupsTests() => groups = new PreparationGroups(PrepareAsync, stopped.Token);

    public void Dispose()
    {
        free.Dispose();
        stopped.Dispose();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_that_come_while_others_are_prepared_are_prepared_together()
    {
        var busy = await KeepBusyAsync();
        Guid[] ids = [.. Enumerable.Range(0, 6 * PreparationGroups.GroupsAtOnce).Select(_ => Guid.NewGuid())];
        var messages = ids.Select(id => groups.PrepareAsync([id], Cancellation)).ToList();

        free.Release(int.MaxValue / 2);
        await Task.WhenAll([.. busy, .. messages]);

        var together = begun.Skip(PreparationGroups.GroupsAtOnce).ToList();
        together.Count.ShouldBe(PreparationGroups.GroupsAtOnce);
        together.SelectMany(group => group).ShouldBe(ids, ignoreOrder: true);
    }

    [Fact]
    public async Task A_group_that_hangs_holds_up_no_message_that_comes_after_it()
    {
        var hangs = groups.PrepareAsync([hanging], Cancellation);
        free.Release(int.MaxValue / 2);

        for (var i = 0; i < 4 * PreparationGroups.GroupsAtOnce; i++)
        {
            await groups.PrepareAsync([Guid.NewGuid()], Cancellation).OrGiveUpAsync("a message behind one that hangs", Cancellation);
        }

        hangs.IsCompleted.ShouldBeFalse();
        answered.SetResult();
        await hangs;
    }

    [Fact]
    public async Task What_fails_fails_the_message_that_names_it_and_no_other()
    {
        Guid wrong = Guid.NewGuid(),
            broken = Guid.NewGuid(),
            good = Guid.NewGuid();
        failures[wrong] = new UnacceptableMessageException("There is no such transaction.");
        failures[broken] = new InvalidOperationException("It is broken.");
        var busy = await KeepBusyAsync();
        var messages = Enumerable
            .Range(0, PreparationGroups.GroupsAtOnce)
            .SelectMany(_ => new[] { wrong, broken, good })
            .Select(id => (id, groups.PrepareAsync([id, good], Cancellation)))
            .ToList();

        free.Release(int.MaxValue / 2);
        await Task.WhenAll(busy);

        foreach (var (id, message) in messages)
        {
            if (id == good)
            {
                await message;
            }
            else
            {
                (await Should.ThrowAsync<Exception>(() => message)).Message.ShouldBe(failures[id].Message);
            }
        }
    }

    [Fact]
    public async Task A_failure_that_may_pass_comes_before_what_is_wrong_for_ever()
    {
        Guid wrong = Guid.NewGuid(),
            broken = Guid.NewGuid();
        failures[wrong] = new UnacceptableMessageException("There is no such transaction.");
        failures[broken] = new InvalidOperationException("It is broken.");
        free.Release(int.MaxValue / 2);

        await Should.ThrowAsync<InvalidOperationException>(() => groups.PrepareAsync([wrong, broken], Cancellation));
        var all = await Should.ThrowAsync<UnacceptableMessageException>(() => groups.PrepareAsync([wrong, Guid.NewGuid()], Cancellation));
        all.Message.ShouldBe("There is no such transaction.");
    }

    [Fact]
    public async Task What_goes_alone_is_prepared_alone_and_holds_up_nobody_of_its_group()
    {
        Guid good = Guid.NewGuid();
        failures[hanging] = new PreparedAloneException();
        free.Release(int.MaxValue / 2);
        var busy = await KeepBusyAsync();
        var (alone, other) = (groups.PrepareAsync([hanging, good], Cancellation), groups.PrepareAsync([good], Cancellation));

        await other.OrGiveUpAsync("a neighbour of one that goes alone", Cancellation);
        await groups.PrepareAsync([good], Cancellation).OrGiveUpAsync("a message behind it", Cancellation);

        alone.IsCompleted.ShouldBeFalse();
        answered.SetResult();
        await Task.WhenAll([alone, .. busy]);
        begun.ShouldContain(group => group.Count == 1 && group.Contains(hanging));
    }

    [Fact]
    public async Task The_stop_of_its_host_ends_a_group_and_leaves_no_failure_that_nobody_observes()
    {
        var unobserved = new List<Exception>();
        EventHandler<UnobservedTaskExceptionEventArgs> note = (_, e) => unobserved.AddRange(e.Exception.InnerExceptions);
        TaskScheduler.UnobservedTaskException += note;
        try
        {
            using var leaving = new CancellationTokenSource();
            var left = groups.PrepareAsync([Guid.NewGuid()], leaving.Token);
            var waits = groups.PrepareAsync([Guid.NewGuid()], Cancellation);
            await leaving.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(left);

            await stopped.CancelAsync();

            await Should.ThrowAsync<OperationCanceledException>(waits.OrGiveUpAsync("a message whose host stops", Cancellation));
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= note;
        }
        unobserved.ShouldNotContain(e => e is OperationCanceledException);
    }

    private async Task<IReadOnlyList<Task>> KeepBusyAsync()
    {
        var busy = Enumerable
            .Range(0, PreparationGroups.GroupsAtOnce)
            .Select(_ => groups.PrepareAsync([Guid.NewGuid()], Cancellation))
            .ToList();
        while (true)
        {
            lock (begun)
            {
                if (begun.Count == busy.Count)
                {
                    return busy;
                }
            }
            await Task.Yield();
        }
    }

    private async Task<IReadOnlyDictionary<Guid, Exception>> PrepareAsync(
        IReadOnlyCollection<Guid> ids,
        CancellationToken cancellationToken
    )
    {
        lock (begun)
        {
            begun.Add(ids);
        }
        await (ids.Contains(hanging) && !MustGoAlone(ids) ? answered.Task : free.WaitAsync(cancellationToken));
        return failures.Where(f => ids.Contains(f.Key) && (f.Value is not PreparedAloneException || MustGoAlone(ids))).ToDictionary();
    }

    private bool MustGoAlone(IReadOnlyCollection<Guid> ids) =>
        ids.Count > 1 && failures.GetValueOrDefault(hanging) is PreparedAloneException;
}
