using System.Data.Common;
using System.Security.Cryptography;
using Clones.Contracts.Keys;
using Clones.Persistence;
using Clones.Persistence.Faults;
using Clones.Solana.Primitives;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Clones.Workers.Keys;

/// <summary>
/// Encrypts a key anew that was found in an old form: compare-and-swap on the old ciphertext, read back and opened before it counts, in the
/// database transaction of the message behind a savepoint. It may fail; the payment goes on either way.
/// </summary>
internal sealed class KeyMigration(
    ClonesDbContext db,
    KeyRing ring,
    KeyMeter meter,
    IPublishEndpoint publish,
    ICrashPoints crashes,
    TimeProvider time,
    ILogger<KeyMigration> log
)
{
    private const string Savepoint = "key_migration";

    public async Task TryAsync(KeyBinding binding, string stored, int fromVersion, byte[] secretKey, CancellationToken cancellationToken)
    {
        var transaction = db.Database.CurrentTransaction;
        try
        {
            // Without a savepoint, an error here would take the payment's whole transaction with it.
            if (transaction is not null)
            {
                await transaction.CreateSavepointAsync(Savepoint, cancellationToken);
            }
            if (!await SwapAsync(binding, stored, secretKey, cancellationToken))
            {
                log.LogInformation("Another worker migrated the {Binding} first", binding);
                return;
            }

            await crashes.ReachAsync(CrashPoint.KeySwapped, cancellationToken);
            await ReadBackAsync(binding, secretKey, cancellationToken);
            if (binding.Purpose == "deposit")
            {
                await publish.Publish(
                    new DepositKeyMigrated
                    {
                        WalletId = binding.Id,
                        FromVersion = fromVersion,
                        ToVersion = ring.Latest,
                        OccurredAt = time.GetUtcNow(),
                    },
                    cancellationToken
                );
            }
            meter.Migrated.Add(1);
            log.LogInformation("Migrated the {Binding} from version {FromVersion} to {ToVersion}", binding, fromVersion, ring.Latest);
        }
        catch (Exception e) when (e is DbException or CryptographicException or KeyUnusableException or InvalidOperationException)
        {
            meter.MigrationFailed.Add(1);
            log.LogError(e, "Migrating the {Binding} from version {FromVersion} failed; it stays as it is", binding, fromVersion);
            if (transaction is not null)
            {
                await transaction.RollbackToSavepointAsync(Savepoint, cancellationToken);
            }
        }
    }

    private async Task<bool> SwapAsync(KeyBinding binding, string stored, byte[] secretKey, CancellationToken cancellationToken)
    {
        var fresh = SecretKeyCodec.Seal(secretKey, binding, ring);
        var latest = ring.Latest;
        var rows =
            binding.Purpose == "deposit"
                ? await db
                    .DepositWallets.Where(w => w.Id == binding.Id && w.EncryptedPrivateKey == stored)
                    .ExecuteUpdateAsync(
                        set => set.SetProperty(w => w.EncryptedPrivateKey, fresh).SetProperty(w => w.KeyVersion, latest),
                        cancellationToken
                    )
                : await db
                    .MintKeys.Where(k => k.AgentId == binding.Id && k.EncryptedPrivateKey == stored)
                    .ExecuteUpdateAsync(
                        set => set.SetProperty(k => k.EncryptedPrivateKey, fresh).SetProperty(k => k.KeyVersion, latest),
                        cancellationToken
                    );
        return rows == 1;
    }

    private async Task ReadBackAsync(KeyBinding binding, byte[] secretKey, CancellationToken cancellationToken)
    {
        var written =
            binding.Purpose == "deposit"
                ? await db.DepositWallets.Where(w => w.Id == binding.Id).Select(w => w.EncryptedPrivateKey).SingleAsync(cancellationToken)
                : await db.MintKeys.Where(k => k.AgentId == binding.Id).Select(k => k.EncryptedPrivateKey).SingleAsync(cancellationToken);
        var reopened = GC.AllocateUninitializedArray<byte>(Account.SecretKeyLength, pinned: true);
        try
        {
            SecretKeyCodec.Open(written, binding, ring, reopened);
            if (!CryptographicOperations.FixedTimeEquals(reopened, secretKey))
            {
                throw new CryptographicException("What was written opens to another key.");
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(reopened);
        }
    }
}
