using System.Numerics;

namespace Clones.Domain.Ledger;

/// <summary>
/// Shares out an amount that cannot be divided evenly, by the largest remainder (Hamilton's method): every share is a whole number, and
/// together they are the amount, to the lamport.
/// </summary>
public static class LargestRemainder
{
    /// <param name="amount">To share out, 0 or more.</param>
    /// <param name="weights">0 or more each; at least one. All zero count as equal.</param>
    /// <returns>One share for each weight. Of equal remainders the first get one more.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The amount is below zero, or there is no weight.</exception>
    public static IReadOnlyList<BigInteger> Share(BigInteger amount, IReadOnlyList<ulong> weights)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(amount);
        ArgumentOutOfRangeException.ThrowIfZero(weights.Count);
        BigInteger[] parts = [.. weights.Select(w => (BigInteger)w)];
        var total = parts.Aggregate(BigInteger.Zero, (sum, part) => sum + part);
        if (total.IsZero)
        {
            Array.Fill(parts, BigInteger.One);
            total = parts.Length;
        }

        BigInteger[] shares = [.. parts.Select(part => amount * part / total)];
        var left = (int)(amount - shares.Aggregate(BigInteger.Zero, (sum, share) => sum + share));
        foreach (var index in Enumerable.Range(0, parts.Length).OrderByDescending(i => amount * parts[i] % total).Take(left))
        {
            shares[index]++;
        }
        return shares;
    }
}
