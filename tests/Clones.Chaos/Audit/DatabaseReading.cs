using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Persistence;
using Clones.Persistence.Agents;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Clones.Chaos.Audit;

/// <summary>Everything that the database says when all is over.</summary>
/// <param name="DecidedSubmissions">The payment of each graded submission.</param>
/// <param name="OutboxLeft">Messages that were never delivered.</param>
internal sealed record DatabaseReading(
    IReadOnlyList<Payment> Payments,
    IReadOnlyList<ChainTransaction> Transactions,
    IReadOnlyList<WalletReservation> OpenReservations,
    IReadOnlyList<ReservedTotal> ReservedTotals,
    IReadOnlyList<AgentLifecycleInstance> Agents,
    IReadOnlyDictionary<string, Guid?> DecidedSubmissions,
    IReadOnlyList<StatusChange> Changes,
    int OutboxLeft
)
{
    public static async Task<DatabaseReading> ReadAsync(string database, CancellationToken cancellationToken)
    {
        await using var db = Open(database);
        return new DatabaseReading(
            await db.Payments.AsNoTracking().ToListAsync(cancellationToken),
            await db.Transactions.AsNoTracking().Include(t => t.Attempts).ToListAsync(cancellationToken),
            await db.WalletReservations.AsNoTracking().Where(r => r.ReleasedAt == null).ToListAsync(cancellationToken),
            await db.ReservedTotals.AsNoTracking().ToListAsync(cancellationToken),
            await db.AgentLifecycles.AsNoTracking().ToListAsync(cancellationToken),
            await db.RewardDecisions.AsNoTracking().ToDictionaryAsync(d => d.SubmissionId, d => d.PaymentId, cancellationToken),
            await StatusWatch.ReadAsync(db, cancellationToken),
            await OutboxAsync(db, cancellationToken)
        );
    }

    /// <summary>How many payments have not come to their end, how many reservations are open, and how many messages wait to be delivered.</summary>
    public static async Task<(int Payments, int Reservations, int Messages)> OpenAsync(string database, CancellationToken cancellationToken)
    {
        await using var db = Open(database);
        return (
            await db.Payments.CountAsync(p => p.Status != PaymentStatus.Completed && p.Status != PaymentStatus.Failed, cancellationToken),
            await db.WalletReservations.CountAsync(r => r.ReleasedAt == null, cancellationToken),
            await OutboxAsync(db, cancellationToken)
        );
    }

    private static Task<int> OutboxAsync(ClonesDbContext db, CancellationToken cancellationToken) =>
        db.Database.SqlQuery<int>($"SELECT count(*)::int AS \"Value\" FROM outbox_message").SingleAsync(cancellationToken);

    // Without a pool: it would hand out connections to a server that was killed meanwhile.
    public static ClonesDbContext Open(string database) =>
        ClonesDbContextOptions.Open(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
}
