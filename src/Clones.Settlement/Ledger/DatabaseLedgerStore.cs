using System.Numerics;
using Clones.Domain;
using Clones.Domain.Ledger;
using Clones.Persistence;
using Clones.Persistence.Ledger;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Ledger;

internal sealed class DatabaseLedgerStore(IServiceScopeFactory scopes) : ILedgerStore
{
    public Task<FenceReading> ReadFenceAsync(CancellationToken cancellationToken) => WithAsync(db => db.ReadFenceAsync(cancellationToken));

    public Task<bool> RaiseFenceAsync(string reason, bool held, long? raising, CancellationToken cancellationToken) =>
        WithAsync(db => db.RaiseFenceAsync(reason, held, raising, cancellationToken));

    public Task SetFenceHeightAsync(long raising, ulong blockHeight, CancellationToken cancellationToken) =>
        WithAsync(async db =>
        {
            await db.SetFenceHeightAsync(raising, blockHeight, cancellationToken);
            return true;
        });

    public Task<bool> OpenFenceAsync(FenceReading raised, CancellationToken cancellationToken) =>
        WithAsync(db => db.OpenFenceAsync(raised, cancellationToken));

    public Task ReleaseFenceAsync(CancellationToken cancellationToken) =>
        WithAsync(async db =>
        {
            await db.ReleaseFenceAsync(cancellationToken);
            return true;
        });

    public Task<IReadOnlyList<WatchedWallet>> WalletsAsync(IReadOnlyCollection<Guid>? only, CancellationToken cancellationToken) =>
        WithAsync<IReadOnlyList<WatchedWallet>>(async db =>
        {
            // From mint to mint by the index: a wallet has paid in few, and often.
            var rows = await db
                .Database.SqlQuery<WatchedRow>(
                    $"""
                    SELECT w.id, w.address, w.created_at, t.mint, m.paid
                    FROM deposit_wallets w JOIN training_pools t ON t.id = w.training_pool_id
                        CROSS JOIN LATERAL (
                            WITH RECURSIVE mints AS (
                                (SELECT mint FROM payments WHERE wallet_id = w.id AND mint IS NOT NULL ORDER BY mint LIMIT 1)
                                UNION ALL
                                SELECT (SELECT p.mint FROM payments p WHERE p.wallet_id = w.id AND p.mint > l.mint ORDER BY p.mint LIMIT 1)
                                FROM mints l WHERE l.mint IS NOT NULL)
                            SELECT coalesce(array_agg(mint) FILTER (WHERE mint IS NOT NULL), ARRAY[]::text[]) AS paid FROM mints) m
                    WHERE {only?.ToArray()}::uuid[] IS NULL OR w.id = ANY ({only?.ToArray()})
                    ORDER BY w.id
                    """
                )
                .ToListAsync(cancellationToken);
            return
            [
                .. rows.Select(r => new WatchedWallet(
                    r.Id,
                    r.Address,
                    r.CreatedAt,
                    [.. (r.Mint is null ? r.Paid : r.Paid.Append(r.Mint)).Distinct().Order(StringComparer.Ordinal)]
                )),
            ];
        });

    public Task<IReadOnlyList<FencedWallet>> FencedAsync(long raising, CancellationToken cancellationToken) =>
        WithAsync<IReadOnlyList<FencedWallet>>(async db =>
            await (
                from wallet in db.DepositWallets
                join comparison in db.WalletComparisons on wallet.Id equals comparison.WalletId into comparisons
                from last in comparisons.DefaultIfEmpty()
                where last.Raising == null || last.Raising != raising
                orderby wallet.Id
                select new FencedWallet(wallet.Id, wallet.Address, last.Difference)
            ).ToListAsync(cancellationToken)
        );

    public Task<IReadOnlyDictionary<(ulong Slot, string Mint), BigInteger>> SumsAsync(
        Guid walletId,
        IReadOnlyCollection<ulong> slots,
        CancellationToken cancellationToken
    ) =>
        WithAsync<IReadOnlyDictionary<(ulong Slot, string Mint), BigInteger>>(async db =>
        {
            decimal[] until = [.. slots.Select(slot => (decimal)slot)];
            var sums = await db
                .Database.SqlQuery<MovementSum>(
                    $"""
                    SELECT s.slot, t.mint, t.total - coalesce(later.delta, 0) AS delta
                    FROM unnest({until}) AS s (slot) JOIN wallet_totals t ON t.wallet_id = {walletId}
                        CROSS JOIN LATERAL (
                            SELECT sum(m.delta) AS delta FROM wallet_movements m
                            WHERE m.wallet_id = {walletId} AND m.slot > s.slot AND coalesce(m.mint, '') = t.mint) later
                    WHERE t.total <> coalesce(later.delta, 0) OR EXISTS (
                        SELECT 1 FROM wallet_movements m
                        WHERE m.wallet_id = {walletId} AND m.slot <= s.slot AND coalesce(m.mint, '') = t.mint)
                    """
                )
                .ToListAsync(cancellationToken);
            return sums.ToDictionary(s => ((ulong)s.Slot, s.Mint), s => s.Delta);
        });

    public Task SaveComparisonAsync(Guid walletId, string? difference, CancellationToken cancellationToken) =>
        WithAsync(db =>
            db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO wallet_comparisons (wallet_id, difference, compared_at) VALUES ({walletId}, {difference}, now())
                ON CONFLICT (wallet_id) DO UPDATE SET difference = excluded.difference, compared_at = now()
                WHERE wallet_comparisons.difference IS DISTINCT FROM excluded.difference
                """,
                cancellationToken
            )
        );

    public Task<bool> LetThroughAsync(
        Guid walletId,
        FenceReading raised,
        string? acceptedReason,
        string? difference,
        CancellationToken cancellationToken
    ) => WithAsync(db => db.LetThroughAsync(walletId, raised, acceptedReason, difference, cancellationToken));

    public Task<IReadOnlyDictionary<string, ulong>> ScannedSlotsAsync(Guid walletId, CancellationToken cancellationToken) =>
        WithAsync<IReadOnlyDictionary<string, ulong>>(async db =>
            await db
                .WalletScans.Where(s => s.WalletId == walletId)
                .Select(s => new { s.Address, s.Slot })
                .ToDictionaryAsync(s => s.Address, s => s.Slot, cancellationToken)
        );

    public Task<bool> HasUnparsedSpendingAsync(Guid walletId, CancellationToken cancellationToken) =>
        WithAsync(db =>
            db.WalletMovements.AnyAsync(m => m.WalletId == walletId && m.UnparsedByVersion != null && m.Delta < 0, cancellationToken)
        );

    public Task<IReadOnlySet<string>> KnownAsync(
        Guid walletId,
        IReadOnlyList<string> signatures,
        bool parsedOnly,
        CancellationToken cancellationToken
    ) =>
        WithAsync<IReadOnlySet<string>>(async db =>
            (
                await db
                    .WalletMovements.Where(m =>
                        m.WalletId == walletId && signatures.Contains(m.Signature) && (!parsedOnly || m.UnparsedByVersion == null)
                    )
                    .Select(m => m.Signature)
                    .Distinct()
                    .ToListAsync(cancellationToken)
            ).ToHashSet()
        );

    public Task<IReadOnlyList<(string Signature, ulong Slot)>> UnparsedAsync(
        Guid walletId,
        int highestVersion,
        CancellationToken cancellationToken
    ) =>
        WithAsync<IReadOnlyList<(string Signature, ulong Slot)>>(async db =>
            [
                .. (
                    await db
                        .WalletMovements.Where(m => m.WalletId == walletId && m.UnparsedByVersion < highestVersion)
                        .Select(m => new { m.Signature, m.Slot })
                        .Distinct()
                        .ToListAsync(cancellationToken)
                ).Select(m => (m.Signature, m.Slot)),
            ]
        );

    public Task SaveAsync(IReadOnlyList<WalletReading> readings, bool anew, CancellationToken cancellationToken) =>
        WithAsync(async db =>
        {
            await using var commit = await db.Database.BeginTransactionAsync(cancellationToken);
            List<WalletMovement> movements = [.. readings.SelectMany(r => r.Movements)];
            var read = movements.Select(m => (m.WalletId, m.Signature)).Distinct().ToList();
            var wallets = read.Select(r => r.WalletId).ToArray();
            var signatures = read.Select(r => r.Signature).ToArray();
            // Two who read one wallet would each hold a movement that the other waits for, and want the same total.
            await db.Database.ExecuteSqlAsync(
                $"""
                SELECT pg_advisory_xact_lock(l.hash) FROM (
                    SELECT DISTINCT hashtextextended(id::text, 7413) AS hash FROM unnest({wallets}) AS w (id) ORDER BY 1) l
                """,
                cancellationToken
            );
            if (anew)
            {
                await db.Database.ExecuteSqlAsync(
                    $"""
                    DELETE FROM wallet_movements m USING unnest({wallets}, {signatures}) AS r (wallet_id, signature)
                    WHERE m.wallet_id = r.wallet_id AND m.signature = r.signature
                    """,
                    cancellationToken
                );
            }
            await SaveAsync(db, [.. readings.Select(r => r.OnChain).OfType<OnChainTransaction>()], cancellationToken);
            await SaveAsync(db, movements, cancellationToken);
            await commit.CommitAsync(cancellationToken);
            return true;
        });

    public Task SetScannedSlotAsync(
        Guid walletId,
        IReadOnlyCollection<string> addresses,
        ulong slot,
        CancellationToken cancellationToken
    ) =>
        WithAsync(db =>
            db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO wallet_scans (wallet_id, address, slot, read_at)
                SELECT {walletId}, address, {slot}, now() FROM (SELECT DISTINCT unnest({addresses.ToArray()}) AS address ORDER BY 1) a
                ON CONFLICT (wallet_id, address) DO UPDATE SET slot = greatest(wallet_scans.slot, excluded.slot), read_at = now()
                """,
                cancellationToken
            )
        );

    // Several workers may read the same wallet at once: whoever is first writes, and both write the same.
    private static async Task SaveAsync(ClonesDbContext db, List<OnChainTransaction> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
        {
            return;
        }
        // Each column before the statement: the formatter breaks a long line at whatever stands in its braces.
        var (signatures, wallets, transactions) = (Column(r => r.Signature), Column(r => r.WalletId), Column(r => r.TransactionId));
        var (numbers, slots, blockTimes) = (Column(r => r.AttemptNumber), Column(r => (decimal)r.Slot), Column(r => r.BlockTime));
        var (errors, fees, bytes) = (Column(r => r.Error), Column(r => (decimal)r.FeeLamports), Column(r => r.WireBytes));
        var (hashes, recorded) = (Column(r => r.GenesisHash), Column(r => r.RecordedAt));
        // Arrays of different lengths do not fit one array: as text, in the form of a literal.
        var tags = Column(r => r.PaymentTags is null ? null : $"{{{string.Join(',', r.PaymentTags)}}}");
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO on_chain_transactions (signature, wallet_id, transaction_id, attempt_number, payment_tags, slot, block_time, error,
                fee_lamports, wire_bytes, genesis_hash, recorded_at)
            SELECT r.signature, r.wallet_id, r.transaction_id, r.attempt_number, r.payment_tags::uuid[], r.slot, r.block_time, r.error,
                r.fee_lamports, r.wire_bytes, r.genesis_hash, r.recorded_at
            FROM unnest({signatures}, {wallets}, {transactions}, {numbers}, {tags}, {slots}, {blockTimes}, {errors},
                {fees}, {bytes}, {hashes}, {recorded})
                AS r (signature, wallet_id, transaction_id, attempt_number, payment_tags, slot, block_time, error,
                    fee_lamports, wire_bytes, genesis_hash, recorded_at)
            ON CONFLICT DO NOTHING
            """,
            cancellationToken
        );

        T[] Column<T>(Func<OnChainTransaction, T> of) => [.. rows.Select(of)];
    }

    private static async Task SaveAsync(ClonesDbContext db, List<WalletMovement> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
        {
            return;
        }
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO wallet_movements (wallet_id, signature, ordinal, kind, mint, delta, slot, block_time, transaction_id,
                attempt_number, payment_tag, destination, failed, unparsed, unparsed_by_version, recorded_at)
            SELECT * FROM unnest({Column(m => m.WalletId)}, {Column(m => m.Signature)}, {Column(m => m.Ordinal)},
                {Column(m => UpperSnakeCase.From(m.Kind))}, {Column(m => m.Mint)}, {Column(m => m.Delta)}, {Column(m => (decimal)m.Slot)},
                {Column(m => m.BlockTime)}, {Column(m => m.TransactionId)}, {Column(m => m.AttemptNumber)}, {Column(m => m.PaymentTag)},
                {Column(m => m.Destination)}, {Column(m => m.Failed)}, {Column(m => m.Unparsed)}, {Column(m => m.UnparsedByVersion)},
                {Column(m => m.RecordedAt)})
            ON CONFLICT DO NOTHING
            """,
            cancellationToken
        );

        T[] Column<T>(Func<WalletMovement, T> of) => [.. rows.Select(of)];
    }

    private sealed record WatchedRow(Guid Id, string Address, DateTimeOffset CreatedAt, string? Mint, string[] Paid);

    private sealed record MovementSum(decimal Slot, string Mint, BigInteger Delta);

    private async Task<T> WithAsync<T>(Func<ClonesDbContext, Task<T>> use)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await use(scope.ServiceProvider.GetRequiredService<ClonesDbContext>());
    }
}
