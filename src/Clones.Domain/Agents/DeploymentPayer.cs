namespace Clones.Domain.Agents;

/// <summary>
/// Whose SOL a deployment spends: network fee, rent, venue fee and liquidity. Chosen per agent; stored and shown as DEPOSIT_WALLET, OWNER.
/// </summary>
public enum DeploymentPayer
{
    /// <summary>
    /// The training pool's deposit wallet, whose key the workers open to co-sign. Nothing that the owner holds is complete before that, so what
    /// nobody handed in can be taken back at any time.
    /// </summary>
    DepositWallet,

    /// <summary>
    /// The owner's own wallet. The deposit wallet's key stays closed and nothing of it is reserved. What the owner gets to sign lacks no other
    /// signature, so it may land without us from the moment it is prepared until its blockhash has expired.
    /// </summary>
    Owner,
}
