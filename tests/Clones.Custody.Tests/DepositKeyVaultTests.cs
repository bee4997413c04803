using Clones.Custody.Tests.Rotation;
using Clones.Domain.Keys;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;
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
    public async Task Signatures_of_one_unit_of_work_open_the_key_each_time_and_read_its_ciphertext_once()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var worker = await host.StartAsync(2);
        var (_, wallet) = await host.CreatePoolByAsync(worker, RotationHost.Sol);
        Guid[] transactions = [Guid.CreateVersion7(), Guid.CreateVersion7()];

        await using var scope = worker.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Persistence.ClonesDbContext>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var vault = scope.ServiceProvider.GetRequiredService<DepositKeyVault>();
        using (await vault.OpenAsync(wallet.Id, transactions[0], cancellation)) { }
        await db.Database.ExecuteSqlAsync(
            $"UPDATE deposit_wallets SET encrypted_private_key = 'k1:2:00' WHERE id = {wallet.Id}",
            cancellation
        );

        using (var key = await vault.OpenAsync(wallet.Id, transactions[1], cancellation))
        {
            key.PublicKey.ToString().ShouldBe(wallet.Address);
        }

        db.KeyEvents.Local.Where(e => e.Kind == KeyEventKind.Opened).Select(e => e.TransactionId!.Value).ShouldBe(transactions);
        using var next = ActivatorUtilities.CreateInstance<DepositKeyVault>(scope.ServiceProvider);
        await Should.ThrowAsync<KeyUnusableException>(() => next.OpenAsync(wallet.Id, transactions[0], cancellation));
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
                using var vault = ActivatorUtilities.CreateInstance<DepositKeyVault>(services, masters, sealer);
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
