using System.Data.Common;
using System.Security.Cryptography;
using Clones.Contracts.Keys;
using Clones.Domain;
using Clones.Domain.Faults;
using Clones.Domain.Keys;
using Clones.Messaging;
using Clones.Persistence;
using Clones.Persistence.Keys;
using MassTransit;

namespace Clones.Custody;

/// <summary>
/// Encrypts a key anew that was found in an old form: compare-and-swap on the old ciphertext, read back and opened before it counts, in the
/// database transaction of the message behind a savepoint. It may fail; the payment goes on either way.
/// </summary>
internal sealed class KeyMigration(
    ClonesDbContext db,
    KeySealer sealer,
    KeyEvents events,
    KeyMeter meter,
    IPublishEndpoint publish,
    ICrashPoints crashes,
    TimeProvider time,
    ILogger<KeyMigration> log
)
{
    private const string Savepoint = "key_migration";

    public async Task TryAsync(StoredKeyRow row, string from, PinnedBytes secretKey, CancellationToken cancellationToken)
    {
        var transaction = db.Database.CurrentTransaction;
        try
        {
            // Without a savepoint, an error here would take the payment's whole transaction with it.
            if (transaction is not null)
            {
                await transaction.CreateSavepointAsync(Savepoint, cancellationToken);
            }
            await MigrateAsync(row, from, secretKey, cancellationToken);
        }
        catch (Exception e)
            when (e is DbException or CryptographicException or KeyUnusableException or InvalidOperationException or ITransientFailure
                && !PostgresErrors.IsAway(e)
            )
        {
            meter.MigrationFailed.Add(1);
            log.LogError(e, "Migrating the {Binding} from {FromKey} failed; it stays as it is", row.Binding, from);
            if (transaction is not null)
            {
                await transaction.RollbackToSavepointAsync(Savepoint, cancellationToken);
            }
            var reason = (e as KeyUnusableException)?.Reason ?? e.GetType().Name;
            await events.FailedAsync(row.Binding, from, $"not migrated: {reason}", cancellationToken);
        }
    }

    private async Task MigrateAsync(StoredKeyRow row, string from, PinnedBytes secretKey, CancellationToken cancellationToken)
    {
        var renewed = await sealer.RenewAsync(row, secretKey, from, cancellationToken);
        if (await sealer.StoreAsync(row.Binding.Purpose, [renewed], AnnounceAsync, cancellationToken) is [])
        {
            log.LogInformation("Another worker migrated the {Binding} first", row.Binding);
            return;
        }
        log.LogInformation("Migrated the {Binding} from {FromKey} to {ToKey}", row.Binding, from, renewed.To);

        async Task AnnounceAsync(RenewedKey key)
        {
            await crashes.ReachAsync(CrashPoint.KeySwapped, cancellationToken);
            if (row.Binding.Purpose == WalletKeyEvent.Deposit)
            {
                await publish.Publish(
                    new DepositKeyMigrated
                    {
                        WalletId = row.Binding.Id,
                        FromKey = key.From,
                        ToKey = key.To,
                        OccurredAt = time.GetUtcNow(),
                    },
                    cancellationToken
                );
            }
        }
    }
}
