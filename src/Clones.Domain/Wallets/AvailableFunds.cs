using Clones.Solana.Primitives;
using Clones.Solana.Rpc;

namespace Clones.Domain.Wallets;

/// <summary>
/// What a deposit wallet can still pay: finalized balance - open reservations - rent floor. A transaction that is final on chain and not yet
/// released in the database counts twice for a moment: too little is available, never too much.
/// </summary>
public static class AvailableFunds
{
    /// <summary>The key of lamports where funds are named by their mint.</summary>
    public const string Lamports = "";

    /// <returns>0 rather than a negative number.</returns>
    /// <param name="balance">Read at or after the wallet's settled slot.</param>
    /// <param name="mint">Null for lamports.</param>
    /// <param name="reserved">Open reservations by mint.</param>
    public static ulong Of(WalletBalance balance, PublicKey? mint, IReadOnlyDictionary<string, UInt128> reserved)
    {
        UInt128 there = mint is { } token ? balance.TokensOf(token) : balance.Lamports;
        var taken = reserved.GetValueOrDefault(mint?.ToString() ?? Lamports) + (mint is null ? balance.RentFloorLamports : 0);
        return there > taken ? (ulong)(there - taken) : 0;
    }
}
