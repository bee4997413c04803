using System.Security.Cryptography;
using Clones.Domain.Keys;
using Clones.Persistence;
using Clones.Persistence.Keys;
using Clones.Solana.Primitives;

namespace Clones.Custody.Sweep;

/// <summary>Encrypts a batch of locked keys anew, as a migration on use does: compare-and-swap, read back, opened. Whoever fails stays as it is.</summary>
internal sealed class KeySweepBatch(ClonesDbContext db, KeySealer sealer, KeyEvents events, KeyMeter meter, ILogger<KeySweepBatch> log)
{
    /// <param name="purpose">Of all of them.</param>
    /// <param name="rows">Locked; disposed here.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<(int Migrated, int Failed)> MigrateAsync(
        string purpose,
        IReadOnlyList<StoredKeyRow> rows,
        CancellationToken cancellationToken
    )
    {
        var opened = new List<RenewedKey>();
        try
        {
            foreach (var row in rows)
            {
                if (await TryOpenAsync(row, cancellationToken) is { } key)
                {
                    opened.Add(key);
                }
            }
            // Locked since they were read, so that none can have changed.
            await sealer.StoreAsync(purpose, opened, announce: _ => Task.CompletedTask, cancellationToken);
            foreach (var key in opened.Where(k => k.Row.IsUnusable))
            {
                await db.ForgetUnusableAsync(purpose, key.Row.Binding.Id, cancellationToken);
            }
            return (opened.Count, rows.Count - opened.Count);
        }
        finally
        {
            opened.ForEach(k => k.SecretKey.Dispose());
            foreach (var row in rows)
            {
                row.Dispose();
            }
        }
    }

    private async Task<RenewedKey?> TryOpenAsync(StoredKeyRow row, CancellationToken cancellationToken)
    {
        var secretKey = new PinnedBytes(Account.SecretKeyLength);
        try
        {
            var (account, from) = await sealer.OpenAsync(row.Stored.Memory, row.Binding, secretKey, cancellationToken);
            account.Dispose();
            return await sealer.RenewAsync(row, secretKey, from, cancellationToken);
        }
        catch (Exception e) when (e is (KeyUnusableException or CryptographicException) and not MasterKeyAwayException)
        {
            secretKey.Dispose();
            await RecordAsync(row.Binding, e as KeyUnusableException, e.GetType().Name, cancellationToken);
            return null;
        }
        catch
        {
            secretKey.Dispose();
            throw;
        }
    }

    // Once: it comes by again in each pass, and in each sweep.
    private async Task RecordAsync(KeyBinding binding, KeyUnusableException? failure, string type, CancellationToken cancellationToken)
    {
        var reason = failure?.Reason ?? type;
        if (await events.FailedAsync(binding, failure?.MasterKey, $"not migrated: {reason}", cancellationToken))
        {
            meter.MigrationFailed.Add(1);
            log.LogError("The sweep leaves the {Binding} as it is: {Reason}", binding, reason);
        }
    }
}
