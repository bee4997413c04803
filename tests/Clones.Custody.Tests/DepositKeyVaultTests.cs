using Clones.Custody.Tests.Rotation;
using Clones.Domain.Keys;
using Clones.Testing.Hosts;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Custody.Tests;

public sealed class DepositKeyVaultTests(RotationHost host) : IClassFixture<RotationHost>
{
    [Fact]
    public async Task A_replica_that_still_writes_with_the_older_version_leaves_a_key_under_the_newer_as_it_is()
    {
        var ahead = await host.StartAsync(2);
        var behind = await host.StartAsync(2, latest: 1);
        var (_, wallet) = await host.CreatePoolByAsync(ahead, RotationHost.Sol);
        (await host.KeyAsync(wallet.Id)).MasterKey.ShouldBe("v2");

        await using (var scope = behind.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<Persistence.ClonesDbContext>();
            await using var transaction = await db.Database.BeginTransactionAsync(TestContext.Current.CancellationToken);
            var vault = scope.ServiceProvider.GetRequiredService<DepositKeyVault>();
            using (await vault.OpenAsync(wallet.Id, Guid.CreateVersion7(), TestContext.Current.CancellationToken)) { }
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
            await transaction.CommitAsync(TestContext.Current.CancellationToken);
        }

        (await host.KeyAsync(wallet.Id)).MasterKey.ShouldBe("v2");
    }

    [Fact]
    public async Task A_new_key_whose_ciphertext_does_not_open_is_no_wallet()
    {
        await host.WithAsync(
            async (services, _) =>
            {
                using var keys = new RingKeys(Versions.Ring(1));
                var source = new Garbling(keys);
                var masters = new MasterKeys(source, [source]);
                var sealer = ActivatorUtilities.CreateInstance<KeySealer>(services, masters);
                var vault = ActivatorUtilities.CreateInstance<DepositKeyVault>(services, masters, sealer);
                await Should.ThrowAsync<KeyUnusableException>(() =>
                    vault.CreateDepositWalletAsync(Guid.CreateVersion7(), TestContext.Current.CancellationToken)
                );
                return true;
            }
        );
    }

    // As a Vault (or what is in front of it) that answers with what it cannot open.
    private sealed class Garbling(RingKeys keys) : IMasterKeySource
    {
        public string Current => keys.Current;

        public bool Opens(StoredForm form) => keys.Opens(form);

        public ValueTask OpenAsync(
            StoredKey key,
            ReadOnlyMemory<byte> stored,
            KeyBinding binding,
            Memory<byte> secretKey64,
            CancellationToken cancellationToken
        ) => keys.OpenAsync(key, stored, binding, secretKey64, cancellationToken);

        public async ValueTask<string> SealAsync(ReadOnlyMemory<byte> secretKey64, KeyBinding binding, CancellationToken cancellationToken)
        {
            var good = await keys.SealAsync(secretKey64, binding, cancellationToken);
            return good[..^1] + (good[^1] == '0' ? '1' : '0');
        }
    }
}
