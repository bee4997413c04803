using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence.Payments;

/// <summary>
/// The rewards that wait for one kind of funds of one wallet. First come, first served: a stream of small payments that are served at once
/// would keep a large one waiting for ever. Withdrawals are the owner's own word about the owner's funds and stand in no queue.
/// </summary>
internal sealed record WaitingQueue(int Count, UInt128 Amount, bool InLamports)
{
    /// <param name="db">Whose open database transaction holds the lock of the wallet, so that nobody joins in between.</param>
    /// <param name="walletId">The deposit wallet.</param>
    /// <param name="mint">Base58; null for SOL.</param>
    /// <param name="cancellationToken">Stops the query.</param>
    public static async Task<WaitingQueue> OfAsync(ClonesDbContext db, Guid walletId, string? mint, CancellationToken cancellationToken)
    {
        var row = await db
            .Database.SqlQuery<Sum>(
                $"""
                SELECT count(*)::int AS count, coalesce(sum(amount), 0) AS amount FROM payments
                WHERE wallet_id = {walletId} AND status = 'WAITING_FOR_FUNDS' AND kind = 'REWARD' AND mint IS NOT DISTINCT FROM {mint}
                """
            )
            .SingleAsync(cancellationToken);
        return new WaitingQueue(row.Count, (UInt128)row.Amount, mint is null);
    }

    /// <summary>What is left of the available base units of the token once all that wait are served.</summary>
    public ulong LeaveOfTokens(ulong available) => Less(available, InLamports ? 0 : Amount);

    /// <summary>The same of the lamports.</summary>
    /// <param name="available">Lamports.</param>
    /// <param name="gasOfOne">Fee ceiling and rent of one payment: who waits is taken to need as much as the newcomer.</param>
    public ulong LeaveOfLamports(ulong available, UInt128 gasOfOne) =>
        Less(available, (InLamports ? Amount : 0) + (UInt128)Count * gasOfOne);

    private static ulong Less(ulong available, UInt128 taken) => available > taken ? (ulong)(available - taken) : 0;

    private sealed record Sum(int Count, decimal Amount);
}
