using Clones.Domain.Ledger;
using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence.Ledger;

/// <summary>
/// Reads and moves the fence. The identity is made of four things: the server's system identifier (initdb made it), the timeline of its log
/// (a failover or a recovery to a point in time begins a new one), the database's oid (a copy or a restored dump has another) and the oid of
/// the fence's own table (a dump restored over the same database makes the table anew).
/// </summary>
public static class SigningFenceRows
{
    // What others are signing ends within their time-outs for nodes; new signers wait behind whoever moves the fence.
    private const int LockTimeoutSeconds = 120;

    // pg_control_checkpoint would still show the old timeline for a moment after a failover; the name of the log file in use does not.
    private const string CurrentIdentity = """
        (SELECT system_identifier FROM pg_control_system())::text || '/' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)
            || '/' || (SELECT oid FROM pg_database WHERE datname = current_database()) || '/' || 'signing_fence'::regclass::oid
        """;

    // How far the log is on disk never goes back by a crash, where a sequence may: what it drew last may not have been written yet, and
    // after a crash it leaps ahead by up to 32, over what a snapshot of the disk has forgotten.
    private const string Read = $"""
        SELECT f.raising, f.state = 'OPEN' AS is_open, f.identity = {CurrentIdentity} AS is_here, f.block_height, f.held, f.reason,
            f.raised_at, f.opened_at, (pg_current_wal_flush_lsn() - '0/0'::pg_lsn)::bigint AS heartbeat
        FROM signing_fence f WHERE f.id = 1
        """;

    private const string ReadAndHold = Read + " FOR SHARE OF f";

    /// <summary>
    /// The fence as it is in this database, made where there is none yet: open where the database has no wallet (nothing can ever have been
    /// signed), raised otherwise. Nothing is locked.
    /// </summary>
    public static async Task<FenceReading> ReadFenceAsync(this ClonesDbContext db, CancellationToken cancellationToken)
    {
        await db.Database.ExecuteSqlRawAsync(
            $"""
            INSERT INTO signing_fence (id, raising, state, identity, held, reason, raised_at)
            SELECT 1, 1, CASE WHEN w.there THEN 'RAISED' ELSE 'OPEN' END, {CurrentIdentity}, false,
                CASE WHEN w.there THEN 'This database has wallets and was never compared with the chain.' END,
                CASE WHEN w.there THEN now() END
            FROM (SELECT EXISTS (SELECT 1 FROM deposit_wallets) AS there) w
            WHERE NOT EXISTS (SELECT 1 FROM signing_fence)
            ON CONFLICT (id) DO NOTHING
            """,
            cancellationToken
        );
        return (await db.Database.SqlQueryRaw<FenceReading>(Read).ToListAsync(cancellationToken)).Single();
    }

    /// <summary>
    /// The same, and no other process raises it before the open database transaction ends. To be asked before anything is signed, in the
    /// transaction that stores what is signed.
    /// </summary>
    /// <returns>Null where there is no row yet: as good as raised.</returns>
    public static async Task<FenceReading?> HoldFenceAsync(this ClonesDbContext db, CancellationToken cancellationToken)
    {
        await db.CommitDurablyAsync(cancellationToken);
        return (await db.Database.SqlQueryRaw<FenceReading>(ReadAndHold).ToListAsync(cancellationToken)).SingleOrDefault();
    }

    /// <summary>
    /// Whether the database may have forgotten what stands on chain of an agent: the fence holds its wallet back, or must be raised, or there are
    /// wallets and nobody has ever compared. Held like <see cref="HoldFenceAsync"/>.
    /// </summary>
    /// <param name="heartbeatSeen">The highest that this process has seen; 0 where it watches none.</param>
    public static async Task<bool> MayHaveForgottenAsync(
        this ClonesDbContext db,
        Guid agentId,
        long heartbeatSeen,
        CancellationToken cancellationToken
    )
    {
        if (await db.HoldFenceAsync(cancellationToken) is not { } fence)
        {
            return await db.DepositWallets.AnyAsync(cancellationToken);
        }
        if (!fence.IsHere || fence.Heartbeat < heartbeatSeen)
        {
            return true;
        }
        if (fence.IsOpen || fence.Held)
        {
            return !fence.IsOpen;
        }

        var walletId = await (
            from agent in db.Agents
            join wallet in db.DepositWallets on agent.TrainingPoolId equals wallet.TrainingPoolId
            where agent.Id == agentId
            select (Guid?)wallet.Id
        ).SingleOrDefaultAsync(cancellationToken);
        return walletId is not { } id || await db.ComparedRaisingAsync(id, cancellationToken) != fence.Raising;
    }

    /// <summary>The last raising of the fence after which this wallet was let through; null where there is none.</summary>
    public static Task<long?> ComparedRaisingAsync(this ClonesDbContext db, Guid walletId, CancellationToken cancellationToken) =>
        db.WalletComparisons.Where(c => c.WalletId == walletId).Select(c => c.Raising).SingleOrDefaultAsync(cancellationToken);

    /// <summary>Raises it for the database as it is now. Waits for those that are signing.</summary>
    /// <param name="reason">For people.</param>
    /// <param name="held">Until it is released by hand.</param>
    /// <param name="raising">Only if it was raised so many times before; null in any case.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether this call raised it.</returns>
    public static async Task<bool> RaiseFenceAsync(
        this ClonesDbContext db,
        string reason,
        bool held,
        long? raising,
        CancellationToken cancellationToken
    ) =>
        await db.MoveFenceAsync(
            $$"""
            UPDATE signing_fence SET raising = raising + 1, state = 'RAISED', identity = {{CurrentIdentity}}, block_height = NULL,
                held = held OR {1}, reason = {0}, raised_at = now(), opened_at = NULL
            WHERE {2} < 0 OR raising = {2}
            """,
            [reason, held, raising ?? -1],
            cancellationToken
        );

    /// <summary>Sets the height that the chain must pass, once.</summary>
    public static Task SetFenceHeightAsync(this ClonesDbContext db, long raising, ulong blockHeight, CancellationToken cancellationToken) =>
        db.MoveFenceAsync(
            "UPDATE signing_fence SET block_height = {1} WHERE raising = {0} AND block_height IS NULL",
            [raising, (decimal)blockHeight],
            cancellationToken
        );

    /// <summary>
    /// No longer held by hand. Nobody knows what was done meanwhile, so this is a raising of its own: the next comparison with the chain, and none
    /// from before, may open it.
    /// </summary>
    public static Task ReleaseFenceAsync(this ClonesDbContext db, CancellationToken cancellationToken) =>
        db.MoveFenceAsync(
            "UPDATE signing_fence SET held = false, raising = raising + 1, block_height = NULL, raised_at = now() WHERE held",
            [],
            cancellationToken
        );

    /// <summary>Opens it, if it is the raising that was compared, in the database that it was raised for, and nobody holds it.</summary>
    /// <param name="raised">As it was read before the chain was.</param>
    /// <returns>Whether it is open now.</returns>
    public static async Task<bool> OpenFenceAsync(this ClonesDbContext db, FenceReading raised, CancellationToken cancellationToken) =>
        await db.MoveFenceAsync(
            $$"""
            UPDATE signing_fence SET state = 'OPEN', opened_at = now()
            WHERE raising = {0} AND raised_at = {1} AND NOT held AND identity = {{CurrentIdentity}}
            """,
            [raised.Raising, raised.RaisedAt!],
            cancellationToken
        );

    /// <summary>
    /// Lets one wallet through while the others wait, under the same conditions but for the hold: a fence that is held by hand holds back all.
    /// Databases restored from one backup count their raisings alike, so the moment of the raising must be the same too.
    /// </summary>
    /// <param name="acceptedReason">Of the operator who accepts the difference, and stays beside it; null where there is none.</param>
    /// <param name="difference">Between ledger and balance, where an operator accepts it; null where there is none.</param>
    /// <returns>Whether it is let through now.</returns>
    public static async Task<bool> LetThroughAsync(
        this ClonesDbContext db,
        Guid walletId,
        FenceReading raised,
        string? acceptedReason,
        string? difference,
        CancellationToken cancellationToken
    ) =>
        await db.Database.ExecuteSqlRawAsync(
            $$"""
            INSERT INTO wallet_comparisons (wallet_id, raising, difference, accepted_reason, compared_at)
            SELECT {0}, f.raising, {3}, {4}, now() FROM signing_fence f
            WHERE f.id = 1 AND f.raising = {1} AND f.raised_at = {2} AND f.identity = {{CurrentIdentity}}
            ON CONFLICT (wallet_id) DO UPDATE SET raising = excluded.raising, difference = excluded.difference,
                accepted_reason = excluded.accepted_reason, compared_at = now()
            """,
            [walletId, raised.Raising, raised.RaisedAt!, difference!, acceptedReason!],
            cancellationToken
        ) == 1;

    // An update alone would wait for the row, and signers who share it never queue behind it: while one of them always overlaps the next, it
    // would wait for ever. A lock of the table has a queue.
    private static async Task<bool> MoveFenceAsync(
        this ClonesDbContext db,
        string update,
        IEnumerable<object> parameters,
        CancellationToken cancellationToken
    )
    {
        var timeout = db.Database.GetCommandTimeout();
        db.Database.SetCommandTimeout(LockTimeoutSeconds);
        try
        {
            await using var commit = await db.Database.BeginTransactionAsync(cancellationToken);
            await db.Database.ExecuteSqlRawAsync("LOCK TABLE signing_fence IN EXCLUSIVE MODE", cancellationToken);
            var rows = await db.Database.ExecuteSqlRawAsync(update, parameters, cancellationToken);
            await commit.CommitAsync(cancellationToken);
            return rows == 1;
        }
        finally
        {
            db.Database.SetCommandTimeout(timeout);
        }
    }
}

/// <summary>The fence as one statement reads it.</summary>
/// <param name="IsOpen">By its row.</param>
/// <param name="IsHere">Whether the row was written in this very database.</param>
/// <param name="BlockHeight">See <see cref="SigningFence.BlockHeight"/>.</param>
/// <param name="Heartbeat">Bytes of the database's log that are on disk. Never lower, unless the database goes back in time.</param>
public sealed record FenceReading(
    long Raising,
    bool IsOpen,
    bool IsHere,
    ulong? BlockHeight,
    bool Held,
    string? Reason,
    DateTimeOffset? RaisedAt,
    DateTimeOffset? OpenedAt,
    long Heartbeat
);
