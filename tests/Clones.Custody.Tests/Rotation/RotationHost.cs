using Clones.Custody.Audit;
using Clones.Domain.Keys;
using Clones.Domain.Payments;
using Clones.Domain.Pools;
using Clones.Domain.Wallets;
using Clones.Persistence;
using Clones.Solana.Primitives;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Clones.Custody.Tests.Rotation;

/// <summary>Workers whose master keys change under them. The first one knows v1 alone.</summary>
public sealed class RotationHost : SettlementHost
{
    internal const ulong Sol = 1_000_000_000;

    protected override void AddServices(IServiceCollection services, IConfiguration configuration) => services.StopSoon();

    internal Task<IHost> StartAsync(int highest, int? latest = null) => StartAnotherAsync(more: Versions.UpTo(highest, latest));

    /// <summary>As an orchestrator deploys: the old one is told to end, then there is a new one, which from then on is asked in its place.</summary>
    internal Task<IHost> ReplaceAsync(IHost old, int highest, int? latest = null) => ReplaceAsync(old, Versions.UpTo(highest, latest));

    internal Task<DepositWallet> WalletAsync(TrainingPool pool) =>
        WithAsync((_, db) => db.DepositWallets.AsNoTracking().SingleAsync(w => w.TrainingPoolId == pool.Id));

    internal Task<DepositWalletKey> KeyAsync(Guid walletId) =>
        WithAsync((_, db) => db.DepositWalletKeys.AsNoTracking().SingleAsync(k => k.WalletId == walletId));

    internal Task<List<WalletKeyEvent>> EventsAsync(params Guid[] walletIds) =>
        WithAsync(
            (_, db) => db.KeyEvents.AsNoTracking().Where(e => walletIds.Contains(e.KeyId ?? Guid.Empty)).OrderBy(e => e.Id).ToListAsync()
        );

    /// <summary>A funded pool whose wallet was stored by the old system; its key comes back too.</summary>
    internal async Task<(TrainingPool Pool, Guid WalletId, byte[] SecretKey)> CreateOldPoolAsync(bool isPlaintext = false)
    {
        using var account = Account.Generate();
        var id = Guid.CreateVersion7();
        var bare = OldSystem.Bare(account);
        var pool = await CreatePoolAsync(
            2 * Sol,
            poolId => new DepositWallet
            {
                Id = id,
                TrainingPoolId = poolId,
                Address = account.PublicKey.ToString(),
                Key = new DepositWalletKey { WalletId = id, EncryptedPrivateKey = isPlaintext ? bare : OldSystem.Seal(bare) },
                CreatedAt = TimeProvider.System.GetUtcNow().AddDays(-30),
            }
        );
        return (pool, id, Convert.FromBase64String(bare));
    }

    /// <summary>A pool whose wallet was made by this worker, under the master key that it writes with.</summary>
    internal async Task<(TrainingPool Pool, DepositWallet Wallet)> CreatePoolByAsync(IHost worker, ulong lamports)
    {
        DepositWallet? made = null;
        await using var scope = worker.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
        var pool = await CreatePoolAsync(
            0,
            poolId =>
            {
                var vault = scope.ServiceProvider.GetRequiredService<DepositKeyVault>();
                made = vault.CreateDepositWalletAsync(poolId, CancellationToken.None).GetAwaiter().GetResult();
                return made;
            }
        );
        // What that worker has to tell of it.
        await db.SaveChangesAsync();
        await FundAsync(PublicKey.Parse(made!.Address), lamports);
        return (pool, made);
    }

    internal async Task ShouldAllCompleteAsync(IEnumerable<Payment> payments)
    {
        foreach (var payment in payments)
        {
            await UntilPaymentAsync(payment.Id, PaymentStatus.Completed);
        }
    }

    /// <summary>One OPENED for each signature and none without, an unbroken chain, nothing stored that the log does not tell.</summary>
    internal async Task ShouldPassAuditAsync()
    {
        var (_, findings) = await WithAsync((_, db) => new KeyAudit(db).RunAsync(null, TestContext.Current.CancellationToken));
        findings.ShouldBeEmpty();
    }
}
