using Clones.Solana.Primitives;

namespace Clones.Workers.Keys;

/// <summary>Opens the key of a deposit wallet for one signature.</summary>
internal interface IWalletKeys
{
    /// <param name="walletId">Whose key.</param>
    /// <param name="transactionId">What it is opened for: nothing is opened without a transaction.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KeyUnusableException">It does not open, or is not the key of the wallet's address.</exception>
    Task<Account> OpenAsync(Guid walletId, Guid transactionId, CancellationToken cancellationToken);
}
