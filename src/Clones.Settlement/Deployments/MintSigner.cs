using Clones.Domain.Keys;
using Clones.Settlement.Chain;
using Clones.Settlement.Store;
using Clones.Solana.Messages;

namespace Clones.Settlement.Deployments;

/// <summary>
/// Signs with an agent's mint what its owner pays. It is the only signature of ours there, so the owner gets it with the transaction: nothing of
/// it is secret, and it is good for this one message.
/// </summary>
internal sealed class MintSigner(IDeploymentWork work, IDeploymentKeys keys)
{
    /// <summary>In the open database transaction, whose commit stores the signature before it leaves.</summary>
    /// <returns>Base58.</returns>
    /// <exception cref="ChainNotReadyException">Signing is fenced.</exception>
    public async Task<string> SignAsync(Deployment deployment, Guid transactionId, Message message, CancellationToken cancellationToken)
    {
        if (await work.AskFenceAsync(deployment.WalletId, cancellationToken) is { IsOpen: false, Closed: var closed })
        {
            throw new ChainNotReadyException($"Signing is fenced: {closed}");
        }

        using var mint = await keys.OpenMintKeyAsync(deployment.Agent.Id, transactionId, cancellationToken);
        return mint.Sign(message.Serialize()).ToString();
    }
}
