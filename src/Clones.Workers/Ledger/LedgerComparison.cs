using System.Numerics;
using Clones.Solana.Primitives;

namespace Clones.Workers.Ledger;

/// <summary>Whether what a wallet's movements add up to is its balance on chain. Pure.</summary>
internal abstract record LedgerComparison
{
    private LedgerComparison() { }

    /// <summary>By the word of as many nodes as are believed. So nothing is missing in the ledger, whatever the nodes have listed.</summary>
    public sealed record Equal : LedgerComparison;

    /// <param name="Reason">For operators.</param>
    public sealed record Differs(string Reason) : LedgerComparison;

    /// <summary>Too few nodes say what is there, or list what has happened. Nothing follows from it.</summary>
    /// <param name="Reason">For operators.</param>
    public sealed record Unresolved(string Reason) : LedgerComparison;

    /// <param name="told">By node.</param>
    /// <param name="sum">What the movements add up to, up to and with a slot; the mint is null for lamports.</param>
    /// <param name="needed">How many nodes must tell the same.</param>
    public static LedgerComparison Decide(
        IReadOnlyList<IReadOnlyList<ToldHolding>> told,
        Func<PublicKey?, ulong, BigInteger> sum,
        int needed
    )
    {
        var differences = told.Select(holdings => holdings.FirstOrDefault(h => sum(h.Mint, h.Slot) != h.Amount)).ToList();
        if (differences.Count(d => d is null) >= needed)
        {
            return new Equal();
        }
        if (told.Count < needed)
        {
            return new Unresolved($"{told.Count} nodes tell the balance, {needed} are needed.");
        }
        var found = differences.First(d => d is not null)!;
        return new Differs(
            $"The movements of {found.Mint?.ToString() ?? "lamports"} add up to {sum(found.Mint, found.Slot)}, "
                + $"the balance at slot {found.Slot} is {found.Amount}."
        );
    }
}

/// <summary>What one node says that a wallet holds.</summary>
/// <param name="Mint">Null for lamports.</param>
/// <param name="Slot">Finalized, at which it was read.</param>
/// <param name="Amount">Lamports, or base units of the mint.</param>
internal sealed record ToldHolding(PublicKey? Mint, ulong Slot, ulong Amount);
