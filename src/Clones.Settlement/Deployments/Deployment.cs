using Clones.Domain.Agents;
using Clones.Settlement.Store;
using Clones.Solana.Primitives;

namespace Clones.Settlement.Deployments;

/// <summary>An agent that waits for a signature of its owner, and the wallets that may pay for it.</summary>
/// <param name="DepositWallet">Of its training pool.</param>
/// <param name="Mint">Address of the agent's token; null before its key is made.</param>
internal sealed record Deployment(Agent Agent, Guid WalletId, PublicKey DepositWallet, PublicKey? Mint)
{
    public PublicKey Owner { get; } = PublicKey.Parse(Agent.OwnerAddress);

    /// <summary>Pays fees, rent, venue fee and liquidity, and is the fee payer of the transaction.</summary>
    public PublicKey Payer => IsPaidByOwner ? Owner : DepositWallet;

    public bool IsPaidByOwner => Agent.DeploymentPayer == DeploymentPayer.Owner;

    /// <exception cref="DeploymentImpossibleException">The training pool has no deposit wallet.</exception>
    public static Deployment Of(DeployingAgent agent) =>
        agent.Wallet is { } wallet
            ? new(agent.Agent, wallet.Id, PublicKey.Parse(wallet.Address), agent.Mint is null ? null : PublicKey.Parse(agent.Mint))
            : throw new DeploymentImpossibleException("The training pool has no deposit wallet yet.");
}
