using Clones.Domain.Wallets;
using Clones.Solana.Primitives;
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

    /// <summary>Locks the wallet's row until the end of the open database transaction.</summary>
    /// <returns>Null where there is no such wallet.</returns>
    /// <exception cref="InvalidOperationException">No database transaction is open: the lock would be gone at once.</exception>
    public async Task<DepositWallet?> LockAsync(Guid walletId, CancellationToken cancellationToken)
    {
        if (db.Database.CurrentTransaction is null)
        {
            throw new InvalidOperationException("A wallet is locked within a database transaction only.");
        }

        // What the context holds from before the lock may be old by now, and EF would hand that out again.
        var known = db.DepositWallets.Local.FirstOrDefault(w => w.Id == walletId);
        var wallet = (
            await db.DepositWallets.FromSqlRaw($"{LockWhere} id = {{0}} FOR UPDATE", walletId).ToListAsync(cancellationToken)
        ).SingleOrDefault();
        if (known is not null)
        {
            await db.Entry(known).ReloadAsync(cancellationToken);
        }
        return wallet;
    }

    /// <summary>
    /// Reserves lamports and at most one token for a transaction, all or nothing, and writes the rows (the caller commits). Called again
    /// for the same transaction, the new amounts replace the old ones.
    /// </summary>
    /// <param name="wallet">Locked by <see cref="LockAsync"/>.</param>
    /// <param name="transactionId">Of a transaction that is stored or in the context.</param>
    /// <param name="balance">Finalized balances, with the token's mint among them.</param>
    /// <param name="lamports">Amount, fee ceiling and rent of new accounts together.</param>
    /// <param name="tokens">Mint and base units; null where only lamports move.</param>
    public async Task<WalletReservationResult> ReserveAsync(
        DepositWallet wallet,
        Guid transactionId,
        WalletBalance balance,
        UInt128 lamports,
        (PublicKey Mint, ulong Amount)? tokens,
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

        var reserved = await ReservedAsync(wallet.Id, transactionId, cancellationToken);
        if (Missing(balance, lamports, tokens, reserved) is { } missing)
        {
            return await IsOlderThanLedgerAsync(balance, wallet.Id, cancellationToken) is { } slot
                ? new WalletReservationResult.BalanceTooOld(slot)
                : missing;
        }

        var own = await db.WalletReservations.Where(r => r.TransactionId == transactionId).ToListAsync(cancellationToken);
        Set(wallet.Id, transactionId, null, (ulong)lamports, own);
        if (tokens is var (reservedMint, reservedAmount))
        {
            Set(wallet.Id, transactionId, reservedMint.ToString(), reservedAmount, own);
        }

        await db.SaveChangesAsync(cancellationToken);
        return new WalletReservationResult.Reserved();
    }

    /// <summary>What the balance lacks; null where it suffices.</summary>
    /// <param name="reserved">By mint, lamports under the empty string: what others have reserved of it.</param>
    public static WalletReservationResult? Missing(
        WalletBalance balance,
        UInt128 lamports,
        (PublicKey Mint, ulong Amount)? tokens,
        IReadOnlyDictionary<string, UInt128> reserved
    ) =>
        tokens is var (mint, amount) && AvailableFunds.Of(balance, mint, reserved) is var available && available < amount
            ? new WalletReservationResult.MissingTokens(mint, amount, available)
        : AvailableFunds.Of(balance, null, reserved) is var availableLamports && availableLamports < lamports
            ? new WalletReservationResult.MissingLamports(lamports, availableLamports)
        : null;

    /// <summary>
    /// Nothing is refused for want of funds by a balance that is older than what the ledger knows: a node that lags behind a deposit tells what the
    /// wallet held before it.
    /// </summary>
    /// <returns>The slot that the node must have reached; null where the balance is young enough.</returns>
    private async Task<ulong?> IsOlderThanLedgerAsync(WalletBalance balance, Guid walletId, CancellationToken cancellationToken)
    {
        var slots = await db.WalletScans.Where(s => s.WalletId == walletId).Select(s => s.Slot).ToListAsync(cancellationToken);
        var known = slots.Count == 0 ? 0 : slots.Max();
        return balance.Slot < known ? known : null;
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

    private async Task<Dictionary<string, UInt128>> ReservedAsync(
        Guid walletId,
        Guid? exceptTransactionId,
        CancellationToken cancellationToken
    )
    {
        var except = exceptTransactionId ?? Guid.Empty;
        var sums = await db
            .Database.SqlQuery<ReservedSum>(
                $"""
                SELECT coalesce(mint, '') AS mint, sum(amount) AS amount FROM wallet_reservations
                WHERE wallet_id = {walletId} AND released_at IS NULL AND transaction_id <> {except} GROUP BY mint
                """
            )
            .ToListAsync(cancellationToken);
        return sums.ToDictionary(s => s.Mint, s => (UInt128)s.Amount);
    }

    private void Set(Guid walletId, Guid transactionId, string? mint, ulong amount, List<WalletReservation> own)
    {
        if (own.Find(r => r.Mint == mint) is { } existing)
        {
            existing.Amount = amount;
            existing.ReleasedAt = null;
            return;
        }

        db.WalletReservations.Add(
            new WalletReservation
            {
                Id = Guid.CreateVersion7(time.GetUtcNow()),
                WalletId = walletId,
                TransactionId = transactionId,
                Mint = mint,
                Amount = amount,
                CreatedAt = time.GetUtcNow(),
            }
        );
    }

    private sealed record ReservedSum(string Mint, decimal Amount);
}
