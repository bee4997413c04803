using System.Text;
using Clones.Persistence;
using Clones.Persistence.Wallets;
using Clones.Solana.Primitives;
using Clones.Workers.Keys;
using Clones.Workers.Keys.Import;

namespace Clones.Workers.Tests.Keys.Import;

/// <summary>The vault's side of the import by the codec alone, with throw-away keys: here they may be strings.</summary>
internal sealed class CodecKeys(ClonesDbContext db, KeyRing ring) : IImportedKeys
{
    public ValueTask<DepositWallet> TakeOverAsync(
        Guid trainingPoolId,
        Guid walletId,
        PublicKey address,
        ReadOnlyMemory<byte> storedUtf8,
        CancellationToken cancellationToken
    )
    {
        var binding = KeyBinding.OfWallet(walletId, address.ToString());
        var secretKey = new byte[Account.SecretKeyLength];
        var (version, _) = SecretKeyCodec.Open(Encoding.UTF8.GetString(storedUtf8.Span), binding, ring, secretKey);
        if (!secretKey.AsSpan(32).SequenceEqual(address.ToArray()))
        {
            throw new KeyUnusableException(binding, version, "it is the key of another address.");
        }
        var wallet = new DepositWallet
        {
            Id = walletId,
            TrainingPoolId = trainingPoolId,
            Address = address.ToString(),
            EncryptedPrivateKey = SecretKeyCodec.Seal(secretKey, binding, ring),
            KeyVersion = ring.Latest,
            CreatedAt = TimeProvider.System.GetUtcNow(),
        };
        db.DepositWallets.Add(wallet);
        return ValueTask.FromResult(wallet);
    }
}
