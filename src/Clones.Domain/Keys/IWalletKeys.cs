using Clones.Solana.Primitives;

namespace Clones.Domain.Keys;

/// <summary>Opens the key of a deposit wallet for one signature.</summary>
public interface IWalletKeys
{
    /// <summary>The wallets whose keys did not open a moment ago, so that nobody is to try them yet.</summary>
    Task<IReadOnlySet<Guid>> ToBeLeftAsync(IReadOnlyCollection<Guid> walletIds, CancellationToken cancellationToken);

    /// <param name="walletId">Whose key.</param>
    /// <param name="transactionId">What it is opened for: nothing is opened without a transaction.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KeyUnusableException">It does not open, or is not the key of the wallet's address.</exception>
    Task<Account> OpenAsync(Guid walletId, Guid transactionId, CancellationToken cancellationToken);
}
