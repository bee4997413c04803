using System.Security.Cryptography;
using Clones.Domain.Keys;
using Clones.Persistence;
using Clones.Persistence.Keys;
using Clones.Solana.Primitives;

namespace Clones.Custody.Sweep;

/// <summary>Encrypts a batch of locked keys anew, as a migration on use does: compare-and-swap, read back, opened. Whoever fails stays as it is.</summary>
internal sealed class KeySweepBatch(
    ClonesDbContext db,
    MasterKeys masters,
    KeyRenewal renewal,
    KeyEvents events,
    KeyMeter meter,
    ILogger<KeySweepBatch> log
)
{
    private sealed record Opened(StoredKeyRow Row, PinnedBytes SecretKey, string From, KeySwap Swap, string To);

    /// <param name="purpose">Of all of them.</param>
    /// <param name="rows">Locked; disposed here.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<(int Migrated, int Failed)> MigrateAsync(
        string purpose,
        IReadOnlyList<StoredKeyRow> rows,
        CancellationToken cancellationToken
    )
    {
        var opened = new List<Opened>();
        try
        {
            foreach (var row in rows)
            {
                if (await TryOpenAsync(row, cancellationToken) is { } key)
                {
                    opened.Add(key);
                }
            }
            var written = await renewal.SwapAsync(purpose, [.. opened.Select(k => k.Swap)], cancellationToken);
            foreach (var key in opened)
            {
                // Locked since it was read, so that it cannot have changed. What does not open again undoes the whole batch.
                await renewal.ProveAsync(written[key.Row.Binding.Id], key.Row.Binding, key.SecretKey, cancellationToken);
                events.Migrated(key.Row.Binding, key.From, key.To);
                if (key.Row.IsUnusable)
                {
                    await db.ForgetUnusableAsync(purpose, key.Row.Binding.Id, cancellationToken);
                }
            }
            meter.Migrated.Add(opened.Count);
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

    private async Task<Opened?> TryOpenAsync(StoredKeyRow row, CancellationToken cancellationToken)
    {
        var secretKey = new PinnedBytes(Account.SecretKeyLength);
        try
        {
            var from = await masters.OpenAsync(row.Stored.Memory, row.Binding, secretKey.Memory, cancellationToken);
            using (DepositKeyVault.Derive(secretKey.Array, row.Binding, from)) { }
            var (swap, to) = await renewal.SealAsync(row, secretKey, cancellationToken);
            return new Opened(row, secretKey, from, swap, to);
        }
        catch (Exception e) when (e is (KeyUnusableException or CryptographicException) and not MasterKeyAwayException)
        {
            secretKey.Dispose();
            await TellAsync(row.Binding, e as KeyUnusableException, e.GetType().Name, cancellationToken);
            return null;
        }
        catch
        {
            secretKey.Dispose();
            throw;
        }
    }

    // Once: it comes by again in each pass, and in each sweep.
    private async Task TellAsync(KeyBinding binding, KeyUnusableException? failure, string type, CancellationToken cancellationToken)
    {
        var reason = failure?.Reason ?? type;
        if (await events.FailedAsync(binding, failure?.MasterKey, $"not migrated: {reason}", cancellationToken))
        {
            meter.MigrationFailed.Add(1);
            log.LogError("The sweep leaves the {Binding} as it is: {Reason}", binding, reason);
        }
    }
}
