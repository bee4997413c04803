using System.Runtime.ExceptionServices;
using Clones.Contracts.Settlement;
using Clones.Domain;
using Clones.Messaging.Bus;
using Clones.Settlement.Chain;

namespace Clones.Settlement.Payments;

/// <summary>
/// Prepares together what several messages name while others are being prepared: an acceptance is often of a few transactions, and commits and
/// look-ups cost a group about the same, however large it is.
/// </summary>
internal sealed class PreparationGroups
{
    /// <summary>While one group waits for the database, another asks the chain; a slow one does not hold up all.</summary>
    public const int GroupsAtOnce = 3;

    private readonly Func<IReadOnlyCollection<Guid>, CancellationToken, Task<IReadOnlyDictionary<Guid, Exception>>> prepare;
    private readonly Coalescer<int, Guid, Exception?> groups;
    private readonly Lock gate = new();
    private readonly int[] waiting = new int[GroupsAtOnce];

    /// <param name="prepare">As <see cref="PaymentPreparation.PrepareAsync"/>.</param>
    /// <param name="stopped">Ends the groups that are at work: whoever is named by a message waits no longer, and what they use is disposed of.</param>
    public PreparationGroups(
        Func<IReadOnlyCollection<Guid>, CancellationToken, Task<IReadOnlyDictionary<Guid, Exception>>> prepare,
        CancellationToken stopped
    )
    {
        this.prepare = prepare;
        groups = new Coalescer<int, Guid, Exception?>((_, ids) => PrepareGroupAsync(ids, stopped), PrepareTransactions.Max, _ => false);
    }

    /// <summary>Returns once each was prepared, or waits for something by itself.</summary>
    /// <exception cref="UnacceptableMessageException">One of them does not exist or carries no payment; the others were prepared.</exception>
    public async Task PrepareAsync(IReadOnlyCollection<Guid> transactionIds, CancellationToken cancellationToken)
    {
        Guid[] ids = [.. transactionIds.Distinct()];
        var lane = Enter(transactionIds.Count);
        Exception?[] results;
        try
        {
            results = await groups.AddAsync(lane, ids).WaitAsync(cancellationToken);
        }
        finally
        {
            Leave(lane, transactionIds.Count);
        }
        int[] alone = [.. Enumerable.Range(0, ids.Length).Where(i => results[i] is PreparedAloneException)];
        await Lanes.RunAsync(alone, async i => results[i] = (await PrepareGroupAsync([ids[i]], cancellationToken))[0]);
        var failures = results.OfType<Exception>().ToList();
        if (failures.Find(f => f is not UnacceptableMessageException) is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
        if (failures.Count > 0)
        {
            throw new UnacceptableMessageException(string.Join(' ', failures.Select(f => f.Message)));
        }
    }

    /// <summary>Failures are results: nobody may be waiting any more who would observe them.</summary>
    private async Task<IReadOnlyList<Exception?>> PrepareGroupAsync(IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        try
        {
            var failures = await prepare([.. ids.Distinct()], cancellationToken);
            return [.. ids.Select(id => failures.GetValueOrDefault(id))];
        }
        catch (Exception e)
        {
            return [.. ids.Select(_ => e)];
        }
    }

    /// <summary>Where the fewest wait: a group that hangs keeps those that it has, and gets no more.</summary>
    private int Enter(int count)
    {
        lock (gate)
        {
            var lane = waiting.AsSpan().IndexOf(waiting.Min());
            waiting[lane] += count;
            return lane;
        }
    }

    private void Leave(int lane, int count)
    {
        lock (gate)
        {
            waiting[lane] -= count;
        }
    }
}
