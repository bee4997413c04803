using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Deployments.Venues;

/// <summary>The owner's wrapped-SOL account, through which SOL gets into a pool.</summary>
internal static class WrappedSol
{
    /// <summary>Whether it has to be made, and then closed again; false where the owner has one, with a balance of their own.</summary>
    /// <param name="address">The owner's associated account of wrapped SOL.</param>
    /// <exception cref="DeploymentImpossibleException">The account there is not the owner's any more.</exception>
    public static bool MustBeMade(PublicKey address, PublicKey owner, AccountInfo? account)
    {
        // Anybody can send lamports to an address that has no account yet; the associated program makes one there all the same.
        if (account is null || account.Owner == SystemProgram.Id)
        {
            return true;
        }

        return
            HeldTokens.Of(account, TokenProgram.Id) is { State: TokenAccountState.Initialized } held
            && held.Owner == owner
            && held.Mint == TokenProgram.NativeMint
            ? false
            : throw new DeploymentImpossibleException(
                $"The wrapped-SOL account {address} is not that of your wallet {owner} any more: give it back to your wallet, or close it."
            );
    }
}
