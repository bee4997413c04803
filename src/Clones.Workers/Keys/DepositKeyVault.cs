using System.Security.Cryptography;
using Clones.Persistence;
using Clones.Persistence.Wallets;
using Clones.Solana.Primitives;
using Microsoft.EntityFrameworkCore;

namespace Clones.Workers.Keys;

/// <summary>
/// Opens and makes the keys that the system signs with. A key leaves its ciphertext only into pinned memory that is wiped, and into libsodium's
/// guarded memory, which the caller's <c>using</c> wipes after one signature.
/// </summary>
internal sealed class DepositKeyVault(
    ClonesDbContext db,
    KeyRing ring,
    KeyMigration migration,
    KeyMeter meter,
    TimeProvider time,
    ILogger<DepositKeyVault> log
) : IWalletKeys
{
    /// <summary>Opens the key of a deposit wallet; one that is stored in an old form is encrypted anew on the way.</summary>
    /// <param name="walletId">Whose key.</param>
    /// <param name="transactionId">What it is opened for: nothing is opened without a transaction.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KeyUnusableException">It does not open, or is not the key of the wallet's address.</exception>
    public async Task<Account> OpenAsync(Guid walletId, Guid transactionId, CancellationToken cancellationToken)
    {
        var row = await db
            .DepositWallets.Where(w => w.Id == walletId)
            .Select(w => new { w.Address, w.EncryptedPrivateKey })
            .SingleAsync(cancellationToken);
        var binding = KeyBinding.OfWallet(walletId, row.Address);
        return await OpenAsync(binding, row.EncryptedPrivateKey, transactionId, cancellationToken);
    }

    /// <summary>Opens the key of an agent's mint.</summary>
    /// <inheritdoc cref="OpenAsync(Guid, Guid, CancellationToken)"/>
    public async Task<Account> OpenMintKeyAsync(Guid agentId, Guid transactionId, CancellationToken cancellationToken)
    {
        var row = await db
            .MintKeys.Where(k => k.AgentId == agentId)
            .Select(k => new { k.Mint, k.EncryptedPrivateKey })
            .SingleAsync(cancellationToken);
        var binding = KeyBinding.OfMint(agentId, row.Mint);
        return await OpenAsync(binding, row.EncryptedPrivateKey, transactionId, cancellationToken);
    }

    /// <summary>Makes a wallet with a fresh key. The caller adds it to the context.</summary>
    public DepositWallet CreateDepositWallet(Guid trainingPoolId)
    {
        var id = Guid.CreateVersion7(time.GetUtcNow());
        var (address, sealedKey) = Create(address => KeyBinding.OfWallet(id, address));
        return new DepositWallet
        {
            Id = id,
            TrainingPoolId = trainingPoolId,
            Address = address,
            EncryptedPrivateKey = sealedKey,
            KeyVersion = ring.Latest,
            CreatedAt = time.GetUtcNow(),
        };
    }

    /// <summary>Makes the one mint of an agent. The caller adds it to the context and commits before anything is sent.</summary>
    public EncryptedMintKey CreateMintKey(Guid agentId)
    {
        var (mint, sealedKey) = Create(mint => KeyBinding.OfMint(agentId, mint));
        return new EncryptedMintKey
        {
            AgentId = agentId,
            Mint = mint,
            EncryptedPrivateKey = sealedKey,
            KeyVersion = ring.Latest,
            CreatedAt = time.GetUtcNow(),
        };
    }

    private async Task<Account> OpenAsync(KeyBinding binding, string stored, Guid transactionId, CancellationToken cancellationToken)
    {
        var secretKey = GC.AllocateUninitializedArray<byte>(Account.SecretKeyLength, pinned: true);
        Account? account = null;
        try
        {
            var (version, isCurrent) = SecretKeyCodec.Open(stored, binding, ring, secretKey);
            account = Derive(secretKey, binding, version);
            meter.Opened.Add(1);
            log.LogInformation(
                "Opened the {Binding} under version {KeyVersion} for transaction {TransactionId}",
                binding,
                version,
                transactionId
            );
            if (!isCurrent)
            {
                await migration.TryAsync(binding, stored, version, secretKey, cancellationToken);
            }
            return account;
        }
        catch
        {
            account?.Dispose();
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secretKey);
        }
    }

    private static Account Derive(byte[] secretKey, KeyBinding binding, int version)
    {
        Account account;
        try
        {
            account = Account.FromSecretKey(secretKey);
        }
        catch (ArgumentException)
        {
            throw new KeyUnusableException(binding, version, "its public half does not belong to its secret half.");
        }
        if (account.PublicKey.ToString() == binding.Address)
        {
            return account;
        }

        account.Dispose();
        throw new KeyUnusableException(binding, version, "it is the key of another address.");
    }

    private (string Address, string Sealed) Create(Func<string, KeyBinding> bind)
    {
        using var account = Account.Generate();
        var secretKey = GC.AllocateUninitializedArray<byte>(Account.SecretKeyLength, pinned: true);
        try
        {
            account.CopySecretKeyTo(secretKey);
            var address = account.PublicKey.ToString();
            return (address, SecretKeyCodec.Seal(secretKey, bind(address), ring));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secretKey);
        }
    }
}
