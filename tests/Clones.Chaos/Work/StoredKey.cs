using Clones.Chaos.Audit;
using Clones.Messaging;
using Clones.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Clones.Chaos.Work;

/// <summary>What somebody who may write to the database does to the stored key of a wallet. The database may be dying at the time.</summary>
internal static class StoredKey
{
    /// <summary>Makes another of its last digit.</summary>
    /// <returns>What was stored before.</returns>
    public static async Task<string> FlipAsync(string database, ChaosPool pool, TimeProvider time, CancellationToken cancellationToken)
    {
        var stored = "";
        await InsistAsync(
            async db =>
            {
                // Not again where it was done and only the answer was lost.
                if (stored.Length == 0)
                {
                    stored = await db
                        .DepositWalletKeys.AsNoTracking()
                        .Join(
                            db.DepositWallets.Where(w => w.TrainingPoolId == pool.Id),
                            k => k.WalletId,
                            w => w.Id,
                            (k, _) => k.EncryptedPrivateKey
                        )
                        .SingleAsync(cancellationToken);
                }
                await StoreAsync(db, pool, stored[..^1] + (stored[^1] == '0' ? '1' : '0'), cancellationToken);
            },
            database,
            time,
            cancellationToken
        );
        return stored;
    }

    public static Task PutBackAsync(
        string database,
        ChaosPool pool,
        string stored,
        TimeProvider time,
        CancellationToken cancellationToken
    ) => InsistAsync(db => StoreAsync(db, pool, stored, cancellationToken), database, time, cancellationToken);

    private static Task StoreAsync(ClonesDbContext db, ChaosPool pool, string stored, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync(
            $"UPDATE deposit_wallets SET encrypted_private_key = {stored} WHERE training_pool_id = {pool.Id}",
            cancellationToken
        );

    private static async Task InsistAsync(
        Func<ClonesDbContext, Task> act,
        string database,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            try
            {
                await using var db = DatabaseReading.Open(database);
                await act(db);
                return;
            }
            catch (Exception e) when (PostgresErrors.IsTransient(e))
            {
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
            }
        }
    }
}
