using Clones.Custody.Audit;
using Clones.Domain.Faults;
using Clones.Domain.Keys;
using Clones.Domain.Payments;
using Clones.Domain.Wallets;
using Clones.Persistence;
using Clones.Solana.Primitives;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Clones.Custody.Tests;

public sealed class KeyMigrationTests(SettlementHost host) : IClassFixture<SettlementHost>
{
    private const ulong Sol = 1_000_000_000;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_key_of_the_old_system_pays_and_is_migrated_on_the_way_and_shows_up_nowhere(int oldVersion)
    {
        using var account = Account.Generate();
        var secretKey = new byte[64];
        account.CopySecretKeyTo(secretKey);
        var bare = Convert.ToBase64String(secretKey);
        var recipient = TestKeys.FreshAddress();
        var pool = await host.CreatePoolAsync(
            2 * Sol,
            poolId => new DepositWallet
            {
                Id = Guid.CreateVersion7(),
                TrainingPoolId = poolId,
                Address = account.PublicKey.ToString(),
                Key = new DepositWalletKey { EncryptedPrivateKey = oldVersion == 0 ? bare : OldSystem.Seal(bare) },
                CreatedAt = TimeProvider.System.GetUtcNow(),
            }
        );

        var payments = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => host.PayAsync(pool, recipient, 50_000_000)));
        foreach (var payment in payments)
        {
            await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);
        }

        var wallet = await host.WithAsync((_, db) => db.DepositWallets.SingleAsync(w => w.TrainingPoolId == pool.Id));
        var stored = await host.WithAsync((_, db) => StoredAsync(db, wallet.Id));
        stored.ShouldStartWith("k1:1:");
        using var ring = TestKeys.Ring();
        var reopened = new byte[64];
        Codec.Open(stored, KeyBinding.OfWallet(wallet.Id, wallet.Address), ring, reopened).ShouldBe("v1");
        reopened.ShouldBe(secretKey);

        var (_, findings) = await host.WithAsync((_, db) => new KeyAudit(db).RunAsync(null, CancellationToken.None));
        findings.ShouldBeEmpty("each signature has its opening, and the wallet is under what the log says");

        // Debug logging was on all the time.
        string[] forms =
        [
            bare,
            Convert.ToBase64String(secretKey.AsSpan(0, 32)),
            Convert.ToHexString(secretKey.AsSpan(0, 32)),
            Convert.ToHexStringLower(secretKey.AsSpan(0, 32)),
            Base58.Encode(secretKey),
            Base58.Encode(secretKey.AsSpan(0, 32)),
            string.Join(",", secretKey.Take(16)),
            string.Join(", ", secretKey.Take(16)),
            TestKeys.Secret,
        ];
        foreach (var form in forms)
        {
            host.Log.Text.Contains(form, StringComparison.Ordinal).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task Row_8_killed_while_a_key_is_migrated_the_old_ciphertext_opens_and_after_a_commit_the_new_one()
    {
        using var account = Account.Generate();
        var secretKey = new byte[64];
        account.CopySecretKeyTo(secretKey);
        var old = OldSystem.Seal(Convert.ToBase64String(secretKey));
        var pool = await host.CreatePoolAsync(2 * Sol, poolId => OldWallet(poolId, account, old));
        var walletId = await host.WithAsync(
            (_, db) => db.DepositWallets.Where(w => w.TrainingPoolId == pool.Id).Select(w => w.Id).SingleAsync()
        );

        host.Crashes.DieAt(CrashPoint.KeySwapped);
        await host.WithAsync(
            async (services, db) =>
            {
                await using var dying = await db.Database.BeginTransactionAsync();
                var vault = services.GetRequiredService<DepositKeyVault>();
                await Should.ThrowAsync<ProcessDiedException>(() => vault.OpenAsync(walletId, Guid.NewGuid(), CancellationToken.None));
                (await StoredAsync(db, walletId)).ShouldNotBe(old, "the swap was written, and only the commit is missing");
                // The process is gone: nobody commits or rolls back, the server ends the session.
                await KillSessionAsync(db);
                return true;
            }
        );

        await ShouldOpenAsync(walletId, secretKey, old, "v1-unbound");
        var payment = await host.PayAsync(pool, TestKeys.FreshAddress(), Sol);
        await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);
        var fresh = await host.WithAsync((_, db) => StoredAsync(db, walletId));
        fresh.ShouldNotBe(old);
        await ShouldOpenAsync(walletId, secretKey, fresh, "v1");
    }

    private static DepositWallet OldWallet(Guid poolId, Account account, string stored) =>
        new()
        {
            Id = Guid.CreateVersion7(),
            TrainingPoolId = poolId,
            Address = account.PublicKey.ToString(),
            Key = new DepositWalletKey { EncryptedPrivateKey = stored },
            CreatedAt = TimeProvider.System.GetUtcNow(),
        };

    private static Task<string> StoredAsync(ClonesDbContext db, Guid walletId) =>
        db.DepositWalletKeys.Where(k => k.WalletId == walletId).Select(k => k.EncryptedPrivateKey).SingleAsync();

    private async Task KillSessionAsync(ClonesDbContext db)
    {
        var pid = ((NpgsqlConnection)db.Database.GetDbConnection()).ProcessID;
        await host.WithAsync((_, other) => other.Database.ExecuteSqlAsync($"SELECT pg_terminate_backend({pid})"));
        await Should.ThrowAsync<Exception>(() => db.Database.ExecuteSqlAsync($"SELECT 1"));
    }

    private Task<bool> ShouldOpenAsync(Guid walletId, byte[] secretKey, string stored, string masterKey) =>
        host.WithAsync(
            async (_, db) =>
            {
                var wallet = await db.DepositWallets.AsNoTracking().SingleAsync(w => w.Id == walletId);
                (await StoredAsync(db, walletId)).ShouldBe(stored);
                using var ring = TestKeys.Ring();
                var opened = new byte[64];
                Codec.Open(stored, KeyBinding.OfWallet(walletId, wallet.Address), ring, opened).ShouldBe(masterKey);
                opened.ShouldBe(secretKey);
                return true;
            }
        );
}
