namespace Clones.Workers.Rewards;

/// <summary>What a graded submission is worth. Pure, in integers.</summary>
internal static class RewardRules
{
    /// <summary>The lowest score that pays.</summary>
    public const int ScoreMin = 50;

    /// <param name="score">0 to 100.</param>
    /// <param name="price">Reward of score 100, in base units.</param>
    /// <param name="uploadLimit">How many submissions one person may be paid for; null is unlimited.</param>
    /// <param name="paidSoFar">How many this person was paid for in this training pool.</param>
    /// <param name="bestPaidScore">The best paid score of the same person and task; null where none was paid.</param>
    public static RewardVerdict Decide(int score, ulong price, int? uploadLimit, int paidSoFar, int? bestPaidScore)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(score, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(score, 100);
        if (score < ScoreMin)
        {
            return RewardVerdict.Nothing($"The score {score} is below {ScoreMin}.");
        }
        if (bestPaidScore >= score)
        {
            return RewardVerdict.Nothing($"The same person was paid for this task with the score {bestPaidScore} already.");
        }
        if (paidSoFar >= uploadLimit)
        {
            return RewardVerdict.Nothing($"The upload limit of {uploadLimit} per person is reached.");
        }

        // 128 bits: a price near the top of a u64 times 100 does not fit 64.
        var amount = (ulong)((UInt128)price * (uint)score / 100);
        return amount == 0
            ? RewardVerdict.Nothing($"{score} % of {price} base units round down to nothing.")
            : new RewardVerdict(amount, $"{score} % of {price} base units, rounded down.");
    }
}

/// <param name="Amount">Base units; 0 where nothing is paid.</param>
/// <param name="Reason">The rule that decided, for people.</param>
internal sealed record RewardVerdict(ulong Amount, string Reason)
{
    public static RewardVerdict Nothing(string reason) => new(0, reason);
}
