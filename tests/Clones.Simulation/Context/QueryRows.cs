using System.Collections;
using Clones.Domain.Transactions;
using Microsoft.EntityFrameworkCore.Query;

namespace Clones.Simulation.Context;

/// <summary>What a translated query reads from.</summary>
/// <param name="fetched">What each hand-written statement of the query has found.</param>
internal sealed class QueryRows(SimulatedContext seat, QueryContext query, IReadOnlyList<IEnumerable> fetched)
{
    public IEnumerable<T> All<T>()
    {
        var rows = seat.View(typeof(T)).Cast<T>().ToList();
        if (typeof(T) == typeof(ChainTransaction))
        {
            // Queries may go on from a transaction to its attempts.
            var attempts = seat.View(typeof(TransactionAttempt)).Cast<TransactionAttempt>().ToLookup(a => a.TransactionId);
            foreach (var transaction in rows.Cast<ChainTransaction>())
            {
                transaction.Attempts.AddRange(attempts[transaction.Id]);
            }
        }
        return rows;
    }

    public static object? Column(object row, string property) => row.GetType().GetProperty(property)!.GetValue(row);

    public IEnumerable<T> Fetched<T>(int statement) => fetched[statement].Cast<T>();

    public T Parameter<T>(string name) => (T)query.Parameters[name]!;
}
