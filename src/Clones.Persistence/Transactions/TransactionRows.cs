using Clones.Domain.Transactions;
using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence.Transactions;

/// <summary>The row lock of a transaction: whoever signs, settles or gives up holds it.</summary>
public static class TransactionRows
{
    /// <summary>Locks the row until the end of the open database transaction and reads it as it is under the lock.</summary>
    /// <returns>Null where there is no such transaction.</returns>
    /// <exception cref="InvalidOperationException">No database transaction is open.</exception>
    public static async Task<ChainTransaction?> LockTransactionAsync(
        this ClonesDbContext db,
        Guid transactionId,
        CancellationToken cancellationToken
    )
    {
        if (db.Database.CurrentTransaction is null)
        {
            throw new InvalidOperationException("A transaction's row is locked within a database transaction only.");
        }

        var known = db.Transactions.Local.FirstOrDefault(t => t.Id == transactionId);
        var rows = await db
            .Transactions.FromSql($"SELECT * FROM transactions WHERE id = {transactionId} FOR UPDATE")
            .ToListAsync(cancellationToken);
        if (known is not null)
        {
            await db.Entry(known).ReloadAsync(cancellationToken);
        }
        return rows.SingleOrDefault();
    }

    /// <summary>Sets when reconciliation looks again, by the clock of the database, and gives the lease back.</summary>
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
                WHERE id = ANY({transactionIds.ToArray()})
                """,
                cancellationToken
            );
}
