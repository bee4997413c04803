using System.Security.Cryptography;
using System.Text;
using Clones.Persistence.Payments;
using Clones.Persistence.Wallets;
using Clones.Solana.Primitives;
using Clones.Workers.Keys;
using Clones.Workers.Tests.Settlement;
using Microsoft.EntityFrameworkCore;

namespace Clones.Workers.Tests.Keys;

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
                EncryptedPrivateKey = oldVersion == 0 ? bare : SealAsTheOldSystemDid(bare),
                KeyVersion = oldVersion,
                CreatedAt = TimeProvider.System.GetUtcNow(),
            }
        );

        var payments = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => host.PayAsync(pool, recipient, 50_000_000)));
        foreach (var payment in payments)
        {
            await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);
        }

        var wallet = await host.WithAsync((_, db) => db.DepositWallets.SingleAsync(w => w.TrainingPoolId == pool.Id));
        wallet.KeyVersion.ShouldBe(1);
        wallet.EncryptedPrivateKey.ShouldStartWith("k1:1:");
        using var ring = TestKeys.Ring();
        var reopened = new byte[64];
        SecretKeyCodec.Open(wallet.EncryptedPrivateKey, KeyBinding.OfWallet(wallet.Id, wallet.Address), ring, reopened).ShouldBe((1, true));
        reopened.ShouldBe(secretKey);

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

    // Byte for byte what the vectors' script does with node:crypto.
    private static string SealAsTheOldSystemDid(string bare)
    {
        Span<byte> key = stackalloc byte[32];
        Scrypt.Derive(TestKeys.Secret, TestKeys.Salt, key);
        var iv = RandomNumberGenerator.GetBytes(12);
        var plaintext = Encoding.UTF8.GetBytes(bare);
        var ciphertext = new byte[plaintext.Length];
        var tag = new byte[16];
        using var cipher = new AesGcm(key, 16);
        cipher.Encrypt(iv, plaintext, ciphertext, tag);
        return $"v1:{Convert.ToHexStringLower(iv)}:{Convert.ToHexStringLower(tag)}:{Convert.ToHexStringLower(ciphertext)}";
    }
}
