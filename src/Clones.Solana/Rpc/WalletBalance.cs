using Clones.Solana.Primitives;

namespace Clones.Solana.Rpc;

/// <summary>The finalized balances of one wallet, all read at one slot.</summary>
/// <param name="Wallet">Address of the wallet.</param>
/// <param name="Slot">Slot of the read. Compare a balance with a book only where the book is not newer.</param>
/// <param name="Lamports">Lamports of the wallet's own account; 0 where it does not exist.</param>
/// <param name="RentFloorLamports">What must stay in that account, by the chain's own word.</param>
/// <param name="Tokens">Base units in the wallet's associated token account, by mint; 0 where the account does not exist.</param>
public sealed record WalletBalance(
    PublicKey Wallet,
    ulong Slot,
    ulong Lamports,
    ulong RentFloorLamports,
    IReadOnlyDictionary<PublicKey, ulong> Tokens
)
{
    /// <exception cref="ArgumentException">The mint was not part of the read: an unknown balance is never zero.</exception>
    public ulong TokensOf(PublicKey mint) =>
        Tokens.TryGetValue(mint, out var amount)
            ? amount
            : throw new ArgumentException($"The balance of {mint} was not read for {Wallet}.", nameof(mint));
}
