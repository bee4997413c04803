using System.Numerics;
using Clones.Solana.Primitives;

namespace Clones.Settlement.Rules;

/// <summary>Whether what a wallet's movements add up to is its balance on chain. Pure.</summary>
public abstract record LedgerComparison
{
    private LedgerComparison() { }

    /// <summary>By the word of as many nodes as are believed. So nothing is missing in the ledger, whatever the nodes have listed.</summary>
    /// <param name="Slot">Up to which it was compared.</param>
    public sealed record Equal(ulong Slot) : LedgerComparison;

    /// <param name="Reason">For operators.</param>
    public sealed record Differs(string Reason) : LedgerComparison;

    /// <summary>Too few nodes say what is there, or list what has happened. Nothing follows from it.</summary>
    /// <param name="Reason">For operators.</param>
    public sealed record Unresolved(string Reason) : LedgerComparison;

    /// <param name="answers">By node.</param>
    /// <param name="sum">What the movements add up to, up to and with a slot; the mint is null for lamports.</param>
    /// <param name="readTo">Slot up to which the histories were read: a balance of a later one may agree, and contradicts nothing.</param>
    /// <param name="needed">How many nodes must report the same.</param>
    public static LedgerComparison Decide(
        IReadOnlyList<IReadOnlyList<ReportedHolding>> answers,
        Func<PublicKey?, ulong, BigInteger> sum,
        ulong readTo,
        int needed
    )
    {
        var equal = answers.Where(holdings => holdings.All(h => sum(h.Mint, h.Slot) == h.Amount)).ToList();
        if (equal.Count >= needed)
        {
            return new Equal(equal.SelectMany(holdings => holdings).Min(h => h.Slot));
        }

        var telling = answers.Where(holdings => holdings.All(h => h.Slot <= readTo)).ToList();
        if (telling.Count < needed)
        {
            return new Unresolved($"{telling.Count} nodes report the balance as it was at slot {readTo} or before, {needed} are needed.");
        }
        var found = telling.SelectMany(holdings => holdings).First(h => sum(h.Mint, h.Slot) != h.Amount);
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
public sealed record ReportedHolding(PublicKey? Mint, ulong Slot, ulong Amount);
