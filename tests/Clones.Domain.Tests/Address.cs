using Clones.Solana.Primitives;

namespace Clones.Domain.Tests;

internal static class Address
{
    /// <returns>Of a new wallet, base58.</returns>
    public static string Fresh()
    {
        using var account = Account.Generate();
        return account.PublicKey.ToString();
    }
}
