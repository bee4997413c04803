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

    public PreparationGroupsTests() => groups = new PreparationGroups(PrepareAsync);

    public void Dispose() => free.Dispose();

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
        await (ids.Contains(hanging) ? answered.Task : free.WaitAsync(cancellationToken));
        return failures.Where(f => ids.Contains(f.Key)).ToDictionary();
    }
}
