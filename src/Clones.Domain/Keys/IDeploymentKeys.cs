using Clones.Domain.Wallets;
using Clones.Solana.Primitives;

namespace Clones.Domain.Keys;

/// <summary>The keys of a deployment: that of the wallet, and that of the agent's one mint.</summary>
public interface IDeploymentKeys : IWalletKeys
{
    /// <summary>Opens the key of an agent's mint, for one signature.</summary>
    /// <param name="agentId">Whose mint.</param>
    /// <param name="transactionId">What it is opened for: nothing is opened without a transaction.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KeyUnusableException">It does not open, or is not the key of the mint's address.</exception>
    Task<Account> OpenMintKeyAsync(Guid agentId, Guid transactionId, CancellationToken cancellationToken);

    /// <summary>Makes the one mint of an agent. The caller adds it to the context and commits before anything is sent.</summary>
    Task<EncryptedMintKey> CreateMintKeyAsync(Guid agentId, CancellationToken cancellationToken);
}
