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
    /// <summary>While one group waits for the database, the other asks the chain; a slow one does not hold up all.</summary>
    public const int GroupsAtOnce = 2;

    private readonly Coalescer<uint, Guid, Exception?> groups;
    private uint last;

    /// <param name="prepare">As <see cref="PaymentPreparation.PrepareAsync"/>.</param>
    public PreparationGroups(Func<IReadOnlyCollection<Guid>, CancellationToken, Task<IReadOnlyDictionary<Guid, Exception>>> prepare) =>
        groups = new Coalescer<uint, Guid, Exception?>(
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
        var group = Interlocked.Increment(ref last) % GroupsAtOnce;
        var results = await groups.AddAsync(group, [.. transactionIds.Distinct()]).WaitAsync(cancellationToken);
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
}
