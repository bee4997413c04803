using System.Data.Common;
using Clones.Domain;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Persistence.Ledger;
using Clones.Solana.Primitives;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using TransactionStatus = Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Persistence.Payments;

/// <summary>
/// Payments on their way in, many at a time: the number of statements does not depend on how many there are. Locks are taken in one order by
/// everyone: the idempotency keys, then the rows of the wallets by id.
/// </summary>
public sealed class PaymentStore(ClonesDbContext db, TimeProvider time)
{
    /// <summary>
    /// The deposit wallets of training pools, and which of some requests have a payment already: one round trip. Asks no chain and takes no
    /// lock.
    /// </summary>
    public async Task<PaymentLookUp> LookUpAsync(
        IEnumerable<Guid> trainingPoolIds,
        IReadOnlyCollection<PaymentRequest> requests,
        CancellationToken cancellationToken
    )
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var batch = new NpgsqlBatch((NpgsqlConnection)db.Database.GetDbConnection());
            Add(
                batch,
                "SELECT id, training_pool_id, address, settled_slot FROM deposit_wallets WHERE training_pool_id = ANY($1)",
                trainingPoolIds.Distinct().ToArray()
            );
            AddReplayed(batch, requests);
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            var wallets = await RowsAsync(
                reader,
                r => new PayingWallet(r.GetGuid(0), r.GetGuid(1), r.GetString(2), Number(r, 3)),
                cancellationToken
            );
            var replayed = await NextAsync(reader, KeyIn, cancellationToken);
            return new PaymentLookUp(wallets.ToDictionary(w => w.TrainingPoolId), replayed.ToHashSet());
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    /// <summary>The payments that these requests, or others with their keys, have made. Asks no chain and takes no lock.</summary>
    public async Task<IReadOnlyDictionary<PaymentKey, Payment>> FindAsync(
        IReadOnlyCollection<PaymentRequest> requests,
        CancellationToken cancellationToken
    )
    {
        var asked = requests.Select(PaymentKey.Of).Distinct().ToList();
        var callers = asked.Select(k => k.Caller).ToArray();
        var keys = asked.Select(k => k.IdempotencyKey).ToArray();
        return await db
            .Payments.FromSql(
                $"""
                SELECT p.* FROM unnest({callers}, {keys}) AS k(caller, key)
                JOIN payments p ON p.caller = k.caller AND p.idempotency_key = k.key
                """
            )
            .AsNoTracking()
            .ToDictionaryAsync(p => new PaymentKey(p.Caller, p.IdempotencyKey), cancellationToken);
    }

    /// <summary>What waits for funds of a wallet and may go on, oldest first.</summary>
    public async Task<IReadOnlyList<Payment>> WaitingAsync(Guid walletId, int max, CancellationToken cancellationToken) =>
        await db
            .Payments.FromSql($"SELECT * FROM payments WHERE wallet_id = {walletId} AND exceptional_status = 'WAITING_FOR_FUNDS'")
            .AsNoTracking()
            .Where(p =>
                p.Kind != PaymentKind.Reward
                || !db.TrainingPools.Any(t => t.Id == p.TrainingPoolId && t.Status == Domain.Pools.TrainingPoolStatus.Paused)
            )
            .OrderBy(p => p.CreatedAt)
            .ThenBy(p => p.Id)
            .Take(max)
            .ToListAsync(cancellationToken);

    /// <summary>
    /// What is reserved of wallets at the moment, in base units by mint ("" for SOL); nothing of a wallet that is not there. Takes no lock:
    /// for who may be wrong.
    /// </summary>
    public async Task<ILookup<Guid, KeyValuePair<string, UInt128>>> ReservedAsync(
        IReadOnlyCollection<Guid> walletIds,
        CancellationToken cancellationToken
    ) =>
        (
            await db.ReservedTotals.AsNoTracking().Where(t => walletIds.Contains(t.WalletId) && t.Total > 0).ToListAsync(cancellationToken)
        ).ToLookup(t => t.WalletId, t => KeyValuePair.Create(t.Mint, (UInt128)t.Total));

    /// <summary>
    /// Locks the keys and then the wallets until the end of the open database transaction, which is durable from here on, and reads what the
    /// rule of acceptance goes by: one round trip.
    /// </summary>
    /// <param name="walletIds">Of the wallets that pay.</param>
    /// <param name="requests">New ones.</param>
    /// <param name="stored">Payments that wait and are tried again.</param>
    /// <param name="lockWaitMax">How long to wait for each lock, to the end of the database transaction; null: as long as it takes.</param>
    /// <param name="cancellationToken">Stops the statements.</param>
    public async Task<LockedWallets> LockAsync(
        IEnumerable<Guid> walletIds,
        IReadOnlyCollection<PaymentRequest> requests,
        IReadOnlyCollection<Payment> stored,
        TimeSpan? lockWaitMax,
        CancellationToken cancellationToken
    )
    {
        var wallets = walletIds.Distinct().ToArray();
        var asked = requests.Concat(stored.Select(RequestOf)).ToList();
        await using var batch = Batch();
        Add(batch, DurableCommit.Statement);
        Add(
            batch,
            "SELECT set_config('lock_timeout', $1, true) WHERE $1 <> ''",
            lockWaitMax is { } wait ? $"{wait.TotalMilliseconds:0}ms" : ""
        );
        // Two requests with one key may name two wallets, so the locks of the wallets alone do not put them in a row.
        Add(
            batch,
            """
            SELECT pg_advisory_xact_lock(l.hash) FROM (
                SELECT DISTINCT hashtextextended(k.name, 7411) AS hash FROM unnest($1::text[]) AS k(name) ORDER BY 1) l
            """,
            // One value, not many: C# would take an array of texts for the list of parameters.
            (object)requests.Select(r => $"{r.Caller}\n{r.IdempotencyKey}").ToArray()
        );
        Add(batch, "SELECT id, address, settled_slot FROM deposit_wallets WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE", wallets);
        Add(
            batch,
            """
            SELECT w.id, p.status = 'PAUSED', p.payout_batch FROM deposit_wallets w JOIN training_pools p ON p.id = w.training_pool_id
            WHERE w.id = ANY($1)
            """,
            wallets
        );
        Add(batch, "SELECT wallet_id, mint, total FROM reserved_totals WHERE wallet_id = ANY($1) AND total > 0", wallets);
        Add(
            batch,
            """
            SELECT wallet_id, coalesce(mint, ''), count(*)::int, sum(amount) FROM payments
            WHERE wallet_id = ANY($1) AND exceptional_status = 'WAITING_FOR_FUNDS' AND kind = 'REWARD' GROUP BY wallet_id, mint
            """,
            wallets
        );
        Add(batch, "SELECT wallet_id, max(slot) FROM wallet_scans WHERE wallet_id = ANY($1) GROUP BY wallet_id", wallets);
        Add(
            batch,
            $"SELECT l.wallet_id, n.name, max(l.slot) FROM {OnChainNames.From("$1", "wallet_id, slot")} GROUP BY 1, 2",
            asked.Select(PaymentAcceptanceRule.TransactionIdOf).ToArray()
        );
        AddReplayed(batch, requests);
        Add(batch, "SELECT id FROM payments WHERE id = ANY($1) AND status = 'WAITING_FOR_FUNDS'", stored.Select(p => p.Id).ToArray());

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var locked = await NextAsync(reader, r => (Id: r.GetGuid(0), Address: r.GetString(1), Slot: Number(r, 2)), cancellationToken);
        var pools = (
            await NextAsync(reader, r => (Wallet: r.GetGuid(0), IsPaused: r.GetBoolean(1), PayoutBatch: r.GetInt32(2)), cancellationToken)
        ).ToDictionary(p => p.Wallet);
        var reserved = (
            await NextAsync(reader, r => (Wallet: r.GetGuid(0), Mint: r.GetString(1), Sum: (UInt128)r.GetDecimal(2)), cancellationToken)
        ).ToLookup(r => r.Wallet);
        var waiting = (
            await NextAsync(
                reader,
                r => (Wallet: r.GetGuid(0), Mint: r.GetString(1), Queue: new WaitingRewards(r.GetInt32(2), (UInt128)r.GetDecimal(3))),
                cancellationToken
            )
        ).ToLookup(r => r.Wallet);
        var scanned = (await NextAsync(reader, r => (r.GetGuid(0), Number(r, 1)), cancellationToken)).ToDictionary();
        var landed = (
            await NextAsync(reader, r => (Wallet: r.GetGuid(0), Tag: r.GetGuid(1), Slot: Number(r, 2)), cancellationToken)
        ).ToLookup(r => r.Wallet);
        var replayed = await NextAsync(reader, KeyIn, cancellationToken);
        var still = await NextAsync(reader, r => r.GetGuid(0), cancellationToken);
        return new LockedWallets(
            locked.ToDictionary(
                w => w.Id,
                w => new WalletUnderLock
                {
                    Id = w.Id,
                    Address = PublicKey.Parse(w.Address),
                    SettledSlot = w.Slot,
                    LedgerSlot = scanned.GetValueOrDefault(w.Id),
                    PoolIsPaused = pools[w.Id].IsPaused,
                    PayoutBatch = pools[w.Id].PayoutBatch,
                    Reserved = reserved[w.Id].ToDictionary(r => r.Mint, r => r.Sum),
                    Waiting = waiting[w.Id].ToDictionary(r => r.Mint, r => r.Queue),
                    OnChain = landed[w.Id].ToDictionary(r => r.Tag, r => r.Slot),
                }
            ),
            replayed.ToHashSet(),
            still.ToHashSet()
        );
    }

    /// <summary>Writes what was decided, in the open database transaction: one round trip.</summary>
    /// <param name="decided">By the wallet that pays; none that is rejected, but for stored ones, which fail of it.</param>
    /// <param name="cancellationToken">Stops the statements.</param>
    /// <returns>The payments, as they are now.</returns>
    public async Task<IReadOnlyList<Payment>> WriteAsync(
        IReadOnlyList<(Guid WalletId, PaymentCandidate Candidate, AcceptanceDecision Decision)> decided,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        // A microsecond apart, so that those of one commit keep their order in the queue for funds.
        var payments = decided.Select((d, i) => Payment(d.WalletId, d.Candidate, d.Decision, now.AddMicroseconds(i))).ToList();
        var accepted = decided
            .Select(d => (d.WalletId, d.Candidate.Request, Accept: d.Decision as AcceptanceDecision.Accept))
            .Where(d => d.Accept is not null)
            .ToList();
        await using var batch = Batch();
        if (accepted.Count > 0)
        {
            InsertTransactions(batch, [.. accepted.DistinctBy(a => a.Accept!.TransactionId).Select(a => (a.WalletId, a.Accept!))], now);
        }
        InsertPayments(batch, [.. payments.Where((_, i) => decided[i].Candidate.Stored is null)]);
        UpdatePayments(batch, [.. payments.Where((_, i) => decided[i].Candidate.Stored is not null)]);
        if (accepted.Count > 0)
        {
            // Nothing is reserved for what stands on chain already.
            InsertReservations(
                batch,
                [
                    .. accepted
                        .SelectMany(a =>
                            new (string? Mint, ulong? Amount)[]
                            {
                                (null, a.Accept!.Lamports),
                                (a.Request.Mint?.ToString(), a.Accept.Tokens),
                            }.Select(r => (a.WalletId, a.Accept.TransactionId, r.Mint, r.Amount))
                        )
                        .Where(r => r.Amount > 0)
                        .GroupBy(r => (r.WalletId, r.TransactionId, r.Mint))
                        .Select(g => (g.Key.WalletId, g.Key.TransactionId, g.Key.Mint, g.Aggregate(0m, (sum, r) => sum + r.Amount!.Value))),
                ],
                now
            );
        }
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return payments;
    }

    /// <summary>The request that a stored payment was made of.</summary>
    public static PaymentRequest RequestOf(Payment payment) =>
        new()
        {
            Kind = payment.Kind,
            TrainingPoolId = payment.TrainingPoolId,
            Recipient = PublicKey.Parse(payment.Recipient),
            Mint = payment.Mint is null ? null : PublicKey.Parse(payment.Mint),
            Amount = payment.Amount,
            Caller = payment.Caller,
            IdempotencyKey = payment.IdempotencyKey,
            Reference = payment.Reference,
            MayWait = true,
        };

    private static Payment Payment(Guid walletId, PaymentCandidate candidate, AcceptanceDecision decision, DateTimeOffset now)
    {
        var request = candidate.Request;
        ArgumentOutOfRangeException.ThrowIfZero(request.Amount, nameof(candidate));
        var payment =
            candidate.Stored
            ?? new Payment
            {
                Id = OrderedId.At(now),
                Kind = request.Kind,
                TrainingPoolId = request.TrainingPoolId,
                WalletId = walletId,
                Recipient = request.Recipient.ToString(),
                Mint = request.Mint?.ToString(),
                Amount = request.Amount,
                Status = PaymentStatus.WaitingForFunds,
                Caller = request.Caller,
                IdempotencyKey = request.IdempotencyKey,
                RequestHash = request.Hash(),
                Reference = request.Reference,
                CreatedAt = now,
            };
        switch (decision)
        {
            case AcceptanceDecision.Accept accept:
                payment.MoveTo(PaymentStatus.Accepted);
                payment.TransactionId = accept.TransactionId;
                payment.ReservedLamports = accept.Lamports;
                payment.Reason = null;
                break;
            case AcceptanceDecision.Wait wait:
                payment.Reason = wait.Reason;
                break;
            case AcceptanceDecision.Reject { Result: PaymentAcceptanceResult.RecipientRejected rejected } when candidate.Stored is not null:
                payment.MoveTo(PaymentStatus.Failed);
                payment.Reason = rejected.Reason;
                payment.CompletedAt = now;
                break;
            default:
                throw new ArgumentException($"{decision} is not to be written.", nameof(decision));
        }
        return payment;
    }

    private static void InsertTransactions(
        NpgsqlBatch batch,
        (Guid WalletId, AcceptanceDecision.Accept Accept)[] rows,
        DateTimeOffset now
    ) =>
        Add(
            batch,
            """
            INSERT INTO transactions (id, kind, status, wallet_id, accepted_slot, attempt_number, preparation_failures, wake_ups, created_at)
            SELECT t.id, $1, $2, t.wallet_id, t.slot, 0, 0, 0, $3 FROM unnest($4::uuid[], $5::uuid[], $6::numeric[]) AS t(id, wallet_id, slot)
            """,
            UpperSnakeCase.From(TransactionKind.Payment),
            UpperSnakeCase.From(TransactionStatus.Accepted),
            now,
            rows.Select(r => r.Accept.TransactionId).ToArray(),
            rows.Select(r => r.WalletId).ToArray(),
            rows.Select(r => (decimal)r.Accept.Slot).ToArray()
        );

    private static void InsertPayments(NpgsqlBatch batch, Payment[] rows)
    {
        if (rows.Length == 0)
        {
            return;
        }
        Add(
            batch,
            """
            INSERT INTO payments (id, kind, training_pool_id, wallet_id, transaction_id, recipient, mint, amount, status, caller,
                idempotency_key, request_hash, reference, reason, created_at, reserved_lamports)
            SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::numeric[], $9::text[],
                $10::text[], $11::text[], $12::bytea[], $13::text[], $14::text[], $15::timestamptz[], $16::numeric[])
            """,
            rows.Select(p => p.Id).ToArray(),
            rows.Select(p => UpperSnakeCase.From(p.Kind)).ToArray(),
            rows.Select(p => p.TrainingPoolId).ToArray(),
            rows.Select(p => p.WalletId).ToArray(),
            rows.Select(p => p.TransactionId).ToArray(),
            rows.Select(p => p.Recipient).ToArray(),
            rows.Select(p => p.Mint).ToArray(),
            rows.Select(p => (decimal)p.Amount).ToArray(),
            rows.Select(p => UpperSnakeCase.From(p.Status)).ToArray(),
            rows.Select(p => p.Caller).ToArray(),
            rows.Select(p => p.IdempotencyKey).ToArray(),
            rows.Select(p => p.RequestHash).ToArray(),
            rows.Select(p => p.Reference).ToArray(),
            rows.Select(p => p.Reason).ToArray(),
            rows.Select(p => p.CreatedAt).ToArray(),
            rows.Select(p => (decimal)p.ReservedLamports).ToArray()
        );
    }

    private static void UpdatePayments(NpgsqlBatch batch, Payment[] rows)
    {
        if (rows.Length == 0)
        {
            return;
        }
        Add(
            batch,
            """
            UPDATE payments p SET status = u.status, transaction_id = u.transaction_id, reason = u.reason, completed_at = u.completed_at,
                reserved_lamports = u.reserved_lamports
            FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::timestamptz[], $6::numeric[])
                AS u(id, status, transaction_id, reason, completed_at, reserved_lamports)
            WHERE p.id = u.id
            """,
            rows.Select(p => p.Id).ToArray(),
            rows.Select(p => UpperSnakeCase.From(p.Status)).ToArray(),
            rows.Select(p => p.TransactionId).ToArray(),
            rows.Select(p => p.Reason).ToArray(),
            rows.Select(p => p.CompletedAt).ToArray(),
            rows.Select(p => (decimal)p.ReservedLamports).ToArray()
        );
    }

    private static void InsertReservations(
        NpgsqlBatch batch,
        (Guid WalletId, Guid TransactionId, string? Mint, decimal Amount)[] rows,
        DateTimeOffset now
    ) =>
        Add(
            batch,
            """
            INSERT INTO wallet_reservations (id, wallet_id, transaction_id, mint, amount, created_at)
            SELECT r.id, r.wallet_id, r.transaction_id, r.mint, r.amount, $1
            FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::numeric[]) AS r(id, wallet_id, transaction_id, mint, amount)
            """,
            now,
            rows.Select(_ => Guid.CreateVersion7(now)).ToArray(),
            rows.Select(r => r.WalletId).ToArray(),
            rows.Select(r => r.TransactionId).ToArray(),
            rows.Select(r => r.Mint).ToArray(),
            rows.Select(r => r.Amount).ToArray()
        );

    private NpgsqlBatch Batch()
    {
        var transaction =
            db.Database.CurrentTransaction?.GetDbTransaction()
            ?? throw new InvalidOperationException("Payments are accepted within a database transaction only.");
        return new NpgsqlBatch((NpgsqlConnection)transaction.Connection!, (NpgsqlTransaction)transaction);
    }

    private static void Add(NpgsqlBatch batch, string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }
        batch.BatchCommands.Add(command);
    }

    private static void AddReplayed(NpgsqlBatch batch, IReadOnlyCollection<PaymentRequest> requests) =>
        Add(
            batch,
            """
            SELECT p.caller, p.idempotency_key FROM unnest($1::text[], $2::text[]) AS k(caller, key)
            JOIN payments p ON p.caller = k.caller AND p.idempotency_key = k.key
            """,
            requests.Select(r => r.Caller).ToArray(),
            requests.Select(r => r.IdempotencyKey).ToArray()
        );

    private static PaymentKey KeyIn(DbDataReader row) => new(row.GetString(0), row.GetString(1));

    private static async Task<List<T>> NextAsync<T>(DbDataReader reader, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        await reader.NextResultAsync(cancellationToken);
        return await RowsAsync(reader, read, cancellationToken);
    }

    private static async Task<List<T>> RowsAsync<T>(DbDataReader reader, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }
        return rows;
    }

    private static ulong Number(DbDataReader row, int column) => (ulong)row.GetDecimal(column);
}

/// <summary>What a payment is known by, for ever.</summary>
public readonly record struct PaymentKey(string Caller, string IdempotencyKey)
{
    public static PaymentKey Of(PaymentRequest request) => new(request.Caller, request.IdempotencyKey);
}

/// <summary>A deposit wallet, as it was when it was looked up.</summary>
public sealed record PayingWallet(Guid Id, Guid TrainingPoolId, string Address, ulong SettledSlot);

/// <param name="Wallets">By training pool.</param>
/// <param name="Replayed">The keys of the requests that have a payment already.</param>
public sealed record PaymentLookUp(IReadOnlyDictionary<Guid, PayingWallet> Wallets, IReadOnlySet<PaymentKey> Replayed);

/// <param name="ById">The wallets, under their locks.</param>
/// <param name="Replayed">The keys of the requests that have a payment already.</param>
/// <param name="StillWaiting">The stored payments that wait as before.</param>
public sealed record LockedWallets(
    IReadOnlyDictionary<Guid, WalletUnderLock> ById,
    IReadOnlySet<PaymentKey> Replayed,
    IReadOnlySet<Guid> StillWaiting
);
