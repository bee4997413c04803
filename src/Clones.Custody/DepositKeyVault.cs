using Clones.Custody.Import;
using Clones.Domain.Keys;
using Clones.Domain.Wallets;
using Clones.Persistence;
using Clones.Persistence.Keys;
using Clones.Solana.Primitives;

namespace Clones.Custody;

/// <summary>
/// Opens and makes the keys that the system signs with. A key leaves its ciphertext only into pinned memory that is wiped, and into libsodium's
/// guarded memory, which the caller's <c>using</c> wipes after one signature.
/// </summary>
internal sealed class DepositKeyVault(
    ClonesDbContext db,
    StoredKeyRows stored,
    MasterKeys masters,
    KeySealer sealer,
    KeyMigration migration,
    KeyEvents events,
    KeyMeter meter,
    TimeProvider time,
    ILogger<DepositKeyVault> log
) : IDeploymentKeys, IImportedKeys, IDisposable
{
    /// <summary>
    /// What was read of keys under the current master key, for the next signature of the same unit of work. It is opened anew for each: only
    /// ciphertext is kept.
    /// </summary>
    private readonly Dictionary<(string Purpose, Guid Id), StoredKeyRow> read = [];

    /// <inheritdoc/>
    public Task<IReadOnlySet<Guid>> ToBeLeftAsync(IReadOnlyCollection<Guid> walletIds, CancellationToken cancellationToken) =>
        db.ToBeLeftAsync(WalletKeyEvent.Deposit, walletIds, cancellationToken);

    /// <summary>Opens the key of a deposit wallet; one that is stored in an old form is encrypted anew on the way.</summary>
    /// <param name="walletId">Whose key.</param>
    /// <param name="transactionId">What it is opened for: nothing is opened without a transaction.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KeyUnusableException">It does not open, or is not the key of the wallet's address.</exception>
    public Task<Account> OpenAsync(Guid walletId, Guid transactionId, CancellationToken cancellationToken) =>
        OpenAsync(WalletKeyEvent.Deposit, walletId, transactionId, cancellationToken);

    /// <summary>Opens the key of an agent's mint.</summary>
    /// <inheritdoc cref="OpenAsync(Guid, Guid, CancellationToken)"/>
    public Task<Account> OpenMintKeyAsync(Guid agentId, Guid transactionId, CancellationToken cancellationToken) =>
        OpenAsync(WalletKeyEvent.Mint, agentId, transactionId, cancellationToken);

    /// <summary>Makes a wallet with a fresh key. The caller adds it to the context, and saves it with what is published of it.</summary>
    public async Task<DepositWallet> CreateDepositWalletAsync(Guid trainingPoolId, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7(time.GetUtcNow());
        var (address, sealedKey) = await CreateAsync(address => KeyBinding.OfWallet(id, address), cancellationToken);
        return Wallet(id, trainingPoolId, address, sealedKey);
    }

    /// <summary>Makes the one mint of an agent. The caller adds it to the context and commits before anything is sent.</summary>
    public async Task<EncryptedMintKey> CreateMintKeyAsync(Guid agentId, CancellationToken cancellationToken)
    {
        var (mint, sealedKey) = await CreateAsync(mint => KeyBinding.OfMint(agentId, mint), cancellationToken);
        return new EncryptedMintKey
        {
            AgentId = agentId,
            Mint = mint,
            EncryptedPrivateKey = sealedKey,
            CreatedAt = time.GetUtcNow(),
        };
    }

    /// <inheritdoc/>
    public async ValueTask<DepositWallet> TakeOverAsync(
        Guid trainingPoolId,
        Guid walletId,
        PublicKey address,
        ReadOnlyMemory<byte> storedUtf8,
        CancellationToken cancellationToken
    )
    {
        var binding = KeyBinding.OfWallet(walletId, address.ToString());
        using var secretKey = new PinnedBytes(Account.SecretKeyLength);
        var (account, from) = await sealer.OpenAsync(storedUtf8, binding, secretKey, cancellationToken);
        account.Dispose();
        var sealedKey = await sealer.SealNewAsync(secretKey, binding, from, cancellationToken);
        var wallet = Wallet(walletId, trainingPoolId, binding.Address, sealedKey);
        db.DepositWallets.Add(wallet);
        return wallet;
    }

    public void Dispose()
    {
        foreach (var row in read.Values)
        {
            row.Dispose();
        }
        read.Clear();
    }

    private async Task<Account> OpenAsync(string purpose, Guid id, Guid transactionId, CancellationToken cancellationToken)
    {
        if (read.TryGetValue((purpose, id), out var kept))
        {
            return (await OpenAsync(kept, transactionId, cancellationToken)).Account;
        }
        var row =
            await stored.FindAsync(purpose, id, cancellationToken)
            ?? throw new InvalidOperationException($"There is no {purpose} key {id:D}.");
        var isKept = false;
        try
        {
            var (account, masterKey) = await OpenAsync(row, transactionId, cancellationToken);
            isKept = !row.IsUnusable && masterKey == masters.Current;
            if (isKept)
            {
                read.Add((purpose, id), row);
            }
            return account;
        }
        finally
        {
            if (!isKept)
            {
                row.Dispose();
            }
        }
    }

    private async Task<(Account Account, string MasterKey)> OpenAsync(
        StoredKeyRow row,
        Guid transactionId,
        CancellationToken cancellationToken
    )
    {
        using var secretKey = new PinnedBytes(Account.SecretKeyLength);
        Account? account = null;
        try
        {
            (account, var masterKey) = await sealer.OpenAsync(row.Stored.Memory, row.Binding, secretKey, cancellationToken);
            events.Opened(row.Binding, masterKey, transactionId);
            meter.Opened.Add(1);
            if (row.IsUnusable)
            {
                await db.ForgetUnusableAsync(row.Binding.Purpose, row.Binding.Id, cancellationToken);
            }
            log.LogInformation(
                "Opened the {Binding} under {MasterKey} for transaction {TransactionId}",
                row.Binding,
                masterKey,
                transactionId
            );
            // While a new version is rolled out another replica writes with it already: encrypted anew here, it would come back under the old one.
            var current = masters.Current;
            if (masterKey != current && !MasterKeyName.IsNewer(masterKey, than: current))
            {
                await migration.TryAsync(row, masterKey, secretKey, cancellationToken);
            }
            return (account, masterKey);
        }
        catch (KeyUnusableException failure)
        {
            account?.Dispose();
            meter.OpeningFailed.Add(1);
            await events.OpeningFailedAsync(failure, transactionId);
            throw;
        }
        catch
        {
            account?.Dispose();
            throw;
        }
    }

    private async Task<(string Address, string Sealed)> CreateAsync(Func<string, KeyBinding> bind, CancellationToken cancellationToken)
    {
        using var account = Account.Generate();
        using var secretKey = new PinnedBytes(Account.SecretKeyLength);
        account.CopySecretKeyTo(secretKey.Span);
        var binding = bind(account.PublicKey.ToString());
        return (binding.Address, await sealer.SealNewAsync(secretKey, binding, importedFrom: null, cancellationToken));
    }

    private DepositWallet Wallet(Guid id, Guid trainingPoolId, string address, string sealedKey) =>
        new()
        {
            Id = id,
            TrainingPoolId = trainingPoolId,
            Address = address,
            Key = new DepositWalletKey { WalletId = id, EncryptedPrivateKey = sealedKey },
            CreatedAt = time.GetUtcNow(),
        };
}
