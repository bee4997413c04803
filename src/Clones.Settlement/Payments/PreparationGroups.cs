using System.Runtime.ExceptionServices;
using Clones.Contracts.Settlement;
using Clones.Domain;
using Clones.Messaging.Bus;

namespace Clones.Settlement.Payments;

/// <summary>
/// Prepares together what several messages name while others are being prepared: an acceptance is often of a few transactions, and commits and
/// look-ups cost a group about the same, however large it is.
/// </summary>
internal sealed class PreparationGroups
{
    /// <summary>While one group waits for the database, another asks the chain; a slow one does not hold up all.</summary>
    public const int GroupsAtOnce = 3;

    private readonly Coalescer<int, Guid, Exception?> groups;
    private readonly Lock gate = new();
    private readonly int[] waiting = new int[GroupsAtOnce];

    /// <param name="prepare">As <see cref="PaymentPreparation.PrepareAsync"/>.</param>
    public PreparationGroups(Func<IReadOnlyCollection<Guid>, CancellationToken, Task<IReadOnlyDictionary<Guid, Exception>>> prepare) =>
        groups = new Coalescer<int, Guid, Exception?>(
            async (_, ids) =>
            {
                var failures = await prepare([.. ids.Distinct()], CancellationToken.None);
                return [.. ids.Select(id => failures.GetValueOrDefault(id))];
            },
            PrepareTransactions.Max,
            _ => false
        );

    /// <summary>Returns once each was prepared, or waits for something by itself.</summary>
    /// <exception cref="UnacceptableMessageException">One of them does not exist or carries no payment; the others were prepared.</exception>
    public async Task PrepareAsync(IReadOnlyCollection<Guid> transactionIds, CancellationToken cancellationToken)
    {
        var lane = Enter(transactionIds.Count);
        Exception?[] results;
        try
        {
            results = await groups.AddAsync(lane, [.. transactionIds.Distinct()]).WaitAsync(cancellationToken);
        }
        finally
        {
            Leave(lane, transactionIds.Count);
        }
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
