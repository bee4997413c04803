using Clones.Domain.Keys;
using Clones.Domain.Wallets;
using Clones.Solana.Primitives;

namespace Clones.Custody.Import;

/// <summary>Takes over the key of a deposit wallet from the old system: the vault's side of the import.</summary>
internal interface IImportedKeys
{
    /// <summary>
    /// Opens what the old system stored, derives the public key and compares it with the address, seals the key bound to the new wallet, and adds
    /// the wallet to the context. The caller saves and commits, or, in a dry run, rolls back.
    /// </summary>
    /// <param name="trainingPoolId">Whose wallet it becomes.</param>
    /// <param name="walletId">Of the new wallet; the ciphertext is bound to it.</param>
    /// <param name="address">The deposit address that the old system shows to people.</param>
    /// <param name="storedUtf8">Bare base64 or <c>v1:iv:tag:ciphertext</c>, in pinned memory that the caller wipes after the call.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KeyUnusableException">It does not open, or is not the key of the address. Nothing was added to the context.</exception>
    ValueTask<DepositWallet> TakeOverAsync(
        Guid trainingPoolId,
        Guid walletId,
        PublicKey address,
        ReadOnlyMemory<byte> storedUtf8,
        CancellationToken cancellationToken
    );
}
