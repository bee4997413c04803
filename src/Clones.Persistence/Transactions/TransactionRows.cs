using Clones.Domain.Transactions;
using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence.Transactions;

/// <summary>The row locks of transactions: whoever signs, settles or cancels holds them.</summary>
public static class TransactionRows
{
    /// <summary>
    /// Locks the rows until the end of the open database transaction, in the order of their ids so that two groups never wait for each other, and
    /// reads them as they are under the locks.
    /// </summary>
    /// <returns>Without those that do not exist.</returns>
    /// <exception cref="InvalidOperationException">No database transaction is open.</exception>
    public static async Task<IReadOnlyList<ChainTransaction>> LockTransactionsAsync(
        this ClonesDbContext db,
        IReadOnlyCollection<Guid> transactionIds,
        CancellationToken cancellationToken
    )
    {
        if (db.Database.CurrentTransaction is null)
        {
            throw new InvalidOperationException("A transaction's row is locked within a database transaction only.");
        }

        var known = db.Transactions.Local.Where(t => transactionIds.Contains(t.Id)).ToList();
        var rows = await db
            .Transactions.FromSql($"SELECT * FROM transactions WHERE id = ANY({transactionIds.ToArray()}) ORDER BY id FOR UPDATE")
            .ToListAsync(cancellationToken);
        foreach (var transaction in known)
        {
            await db.Entry(transaction).ReloadAsync(cancellationToken);
        }
        return rows;
    }

    /// <summary>Sets when reconciliation checks it again, by the clock of the database, and gives the lease back.</summary>
    public static Task CheckAgainAsync(
        this ClonesDbContext db,
        IReadOnlyCollection<Guid> transactionIds,
        TimeSpan after,
        CancellationToken cancellationToken
    ) =>
        transactionIds.Count == 0
            ? Task.CompletedTask
            : db.Database.ExecuteSqlAsync(
                $"""
                UPDATE transactions SET next_check_at = now() + {after}, lease_owner = NULL, lease_until = NULL
                WHERE id IN (SELECT id FROM transactions WHERE id = ANY({transactionIds.ToArray()}) ORDER BY id FOR UPDATE)
                """,
                cancellationToken
            );
}
