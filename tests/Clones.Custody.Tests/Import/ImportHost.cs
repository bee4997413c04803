using System.Text;
using Clones.Custody.Import;
using Clones.Domain.Keys;
using Clones.Domain.Pools;
using Clones.Domain.Tokens;
using Clones.Domain.Wallets;
using Clones.Persistence;
using Clones.Solana.Primitives;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace Clones.Custody.Tests.Import;

/// <summary>Imports into a database of its own on a real PostgreSQL.</summary>
internal sealed class ImportHost : IAsyncDisposable
{
    private readonly PostgresFixture postgres = new();
    private readonly KeyRing ring = TestKeys.Ring();
    private string database = "";

    public static async Task<ImportHost> StartAsync()
    {
        var host = new ImportHost();
        host.database = await MigratedDatabase.CreateAsync(host.postgres);
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        ring.Dispose();
        await postgres.DisposeAsync();
    }

    public ClonesDbContext Context() => ClonesDbContextOptions.Open(database);

    public async Task<string> ListTokenAsync(string symbol, int decimals, string? mint = null)
    {
        mint ??= TestKeys.FreshAddress();
        await using var db = Context();
        db.Tokens.Add(
            new Token
            {
                Symbol = symbol,
                Mint = mint,
                Decimals = decimals,
                TokenProgram = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA",
                UpdatedAt = TimeProvider.System.GetUtcNow(),
            }
        );
        await db.SaveChangesAsync();
        return mint;
    }

    public Task<(int Code, string Output)> ImportAsync(params IEnumerable<string> lines) =>
        ImportAsync(Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => $"{l}\n"))));

    public async Task<(int Code, string Output)> ImportAsync(
        byte[] file,
        bool dryRun = false,
        TimeProvider? time = null,
        IImportedKeys? keys = null
    )
    {
        await using var db = Context();
        using var stream = new MemoryStream(file);
        await using var output = new StringWriter();
        // Where time stands still no progress is told, however slow the machine is.
        var still = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var import = new KeysImport(db, keys ?? ImportVault.Of(db, ring), time ?? still);
        var code = await import.RunAsync(stream, dryRun, output, TestContext.Current.CancellationToken);
        db.ChangeTracker.Entries().ShouldBeEmpty();
        return (code, output.ToString());
    }

    public async Task<TrainingPool> PoolAsync(string oldId)
    {
        await using var db = Context();
        return await db.TrainingPools.AsNoTracking().SingleAsync(p => p.Id == PoolId.Of(oldId));
    }

    /// <summary>Every row of pools and wallets as text, to see that nothing has changed.</summary>
    public async Task<IReadOnlyList<string>> RowsAsync()
    {
        await using var db = Context();
        return await db
            .Database.SqlQuery<string>(
                $"""
                SELECT p.xmin::text || p::text AS "Value" FROM training_pools p
                UNION ALL SELECT w.xmin::text || w::text FROM deposit_wallets w ORDER BY 1
                """
            )
            .ToListAsync();
    }

    /// <summary>The wallet of a pool is its own, and its key opens under the new binding.</summary>
    public async Task<byte[]> OpenAsync(TrainingPool pool)
    {
        await using var db = Context();
        var wallet = await db.DepositWallets.AsNoTracking().Include(w => w.Key).SingleAsync(w => w.TrainingPoolId == pool.Id);
        pool.DepositWalletId.ShouldBe(wallet.Id);
        wallet.BalanceCheckedAt.ShouldBeNull("it is due");
        return Open(wallet);
    }

    private byte[] Open(DepositWallet wallet)
    {
        var secretKey = new byte[Account.SecretKeyLength];
        var binding = KeyBinding.OfWallet(wallet.Id, wallet.Address);
        Codec.Open(wallet.Key!.EncryptedPrivateKey, binding, ring, secretKey).ShouldBe("v1");
        using var account = Account.FromSecretKey(secretKey);
        account.PublicKey.ToString().ShouldBe(wallet.Address);
        return secretKey;
    }
}
