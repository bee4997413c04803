using System.Numerics;
using Clones.Domain.Wallets;
using Clones.Solana.Rpc;
using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence.Wallets;

/// <summary>
/// The reservations of a deposit wallet, always under the lock of its row (see <see cref="AvailableFunds"/>). Payments reserve in groups, by
/// <see cref="Payments.PaymentStore"/>.
/// </summary>
public sealed class WalletLedger(ClonesDbContext db, TimeProvider time)
{
    // Never *: the key is in the same row.
    private const string LockWhere = """
        SELECT id, training_pool_id, address, settled_slot, balance_checked_at, history_read_at, created_at FROM deposit_wallets WHERE
        """;

    /// <summary>Locks the rows of wallets until the end of the open database transaction, in the order of their ids.</summary>
    /// <returns>Those that exist, in that order.</returns>
    /// <exception cref="InvalidOperationException">No database transaction is open: the locks would be gone at once.</exception>
    public async Task<IReadOnlyList<DepositWallet>> LockAsync(IReadOnlyCollection<Guid> walletIds, CancellationToken cancellationToken)
    {
        if (db.Database.CurrentTransaction is null)
        {
            throw new InvalidOperationException("A wallet is locked within a database transaction only.");
        }

        // What the context holds from before the lock may be old by now, and EF would hand that out again.
        var known = db.DepositWallets.Local.Where(w => walletIds.Contains(w.Id)).ToList();
        var wallets = await db
            .DepositWallets.FromSqlRaw($"{LockWhere} id = ANY({{0}}) ORDER BY id FOR NO KEY UPDATE", walletIds.ToArray())
            .ToListAsync(cancellationToken);
        foreach (var wallet in known)
        {
            await db.Entry(wallet).ReloadAsync(cancellationToken);
        }
        return wallets;
    }

    /// <summary>
    /// Reserves lamports for a transaction and writes the row (the caller commits). Called again for the same transaction, the new amount replaces
    /// the old one.
    /// </summary>
    /// <param name="wallet">Locked by <see cref="LockAsync"/>.</param>
    /// <param name="transactionId">Of a transaction that is stored or in the context.</param>
    /// <param name="balance">Finalized.</param>
    /// <param name="lamports">Amount, fee ceiling and rent of new accounts together.</param>
    public async Task<WalletReservationResult> ReserveAsync(
        DepositWallet wallet,
        Guid transactionId,
        WalletBalance balance,
        UInt128 lamports,
        CancellationToken cancellationToken
    )
    {
        if (balance.Wallet.ToString() != wallet.Address)
        {
            throw new ArgumentException($"The balance is that of {balance.Wallet}, not of {wallet.Address}.", nameof(balance));
        }
        if (balance.Slot < wallet.SettledSlot)
        {
            return new WalletReservationResult.BalanceTooOld(wallet.SettledSlot);
        }

        var own = await db.WalletReservations.FirstOrDefaultAsync(
            r => r.TransactionId == transactionId && r.Mint == null,
            cancellationToken
        );
        var total = await db
            .ReservedTotals.Where(t => t.WalletId == wallet.Id && t.Mint == AvailableFunds.Lamports)
            .Select(t => (BigInteger?)t.Total)
            .FirstOrDefaultAsync(cancellationToken);
        // Its own is replaced.
        var reserved = (UInt128)(total ?? 0) - (own is { ReleasedAt: null } ? own.Amount : 0);
        var available = AvailableFunds.Of(balance, null, new Dictionary<string, UInt128> { [AvailableFunds.Lamports] = reserved });
        if (available < lamports)
        {
            // Nothing is rejected for want of funds by a balance that is older than what the ledger knows: a node that lags behind a deposit
            // answers what the wallet held before it.
            var known = await db.WalletScans.Where(s => s.WalletId == wallet.Id).MaxAsync(s => (ulong?)s.Slot, cancellationToken);
            return balance.Slot < known
                ? new WalletReservationResult.BalanceTooOld(known.Value)
                : new WalletReservationResult.MissingLamports(lamports, available);
        }

        if (own is not null)
        {
            own.Amount = (ulong)lamports;
            own.ReleasedAt = null;
        }
        else
        {
            var now = time.GetUtcNow();
            db.WalletReservations.Add(
                new WalletReservation
                {
                    Id = Guid.CreateVersion7(now),
                    WalletId = wallet.Id,
                    TransactionId = transactionId,
                    Amount = (ulong)lamports,
                    CreatedAt = now,
                }
            );
        }
        await db.SaveChangesAsync(cancellationToken);
        return new WalletReservationResult.Reserved();
    }

    /// <summary>
    /// Gives back what the transaction had reserved. Where it settled on chain, its slot becomes the least at which a balance may be used.
    /// The caller saves and commits.
    /// </summary>
    /// <param name="wallet">Locked.</param>
    /// <param name="open">All that the transaction has reserved and not yet given back.</param>
    /// <param name="settledSlot">Slot in which the chain executed it, successfully or not; null where nothing ever landed.</param>
    /// <param name="now">When it is given back.</param>
    public static void Release(DepositWallet wallet, IEnumerable<WalletReservation> open, ulong? settledSlot, DateTimeOffset now)
    {
        foreach (var reservation in open)
        {
            reservation.ReleasedAt = now;
        }
        if (settledSlot > wallet.SettledSlot)
        {
            wallet.SettledSlot = settledSlot.Value;
        }
    }
}
