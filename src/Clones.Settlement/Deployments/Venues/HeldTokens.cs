using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Deployments.Venues;

internal static class HeldTokens
{
    /// <summary>The token account behind an account; null where it is none of this token program.</summary>
    public static TokenAccount? Of(AccountInfo? account, PublicKey tokenProgram)
    {
        if (account is null || account.Owner != tokenProgram)
        {
            return null;
        }

        try
        {
            return TokenAccount.Decode(account.Data.Span);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
