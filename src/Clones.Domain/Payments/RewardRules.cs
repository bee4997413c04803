namespace Clones.Domain.Payments;

/// <summary>What a graded submission is worth. Pure, in integers.</summary>
public static class RewardRules
{
    /// <summary>The lowest score that pays.</summary>
    public const int ScoreMin = 50;

    /// <param name="score">0 to 100.</param>
    /// <param name="price">Reward of score 100, in base units.</param>
    /// <param name="limits">Of the training pool, for this task.</param>
    /// <param name="paid">What this person was paid for in this training pool.</param>
    public static RewardOutcome Decide(int score, ulong price, RewardLimits limits, PaidSubmissions paid)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(score, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(score, 100);
        if (score < ScoreMin)
        {
            return RewardOutcome.Nothing($"The score {score} is below {ScoreMin}.");
        }
        if (paid.BestScoreOfTask >= score)
        {
            return RewardOutcome.Nothing($"The same person was paid for this task with the score {paid.BestScoreOfTask} already.");
        }
        if (paid.InAll >= limits.Uploads)
        {
            return RewardOutcome.Nothing($"The upload limit of {limits.Uploads} per person is reached.");
        }
        if (paid.Today >= limits.UploadsPerDay)
        {
            return RewardOutcome.Nothing($"The upload limit of {limits.UploadsPerDay} per person and day (UTC) is reached.");
        }
        if (paid.OfTask >= limits.UploadsPerTask)
        {
            return RewardOutcome.Nothing($"The upload limit of {limits.UploadsPerTask} per person and task is reached.");
        }

        // 128 bits: a price near the top of a u64 times 100 does not fit 64.
        var amount = (ulong)((UInt128)price * (uint)score / 100);
        if (amount > limits.TaskReward)
        {
            return new RewardOutcome(
                limits.TaskReward.Value,
                $"{score} % of {price} base units are more than the task's reward limit of {limits.TaskReward}."
            );
        }
        return amount == 0
            ? RewardOutcome.Nothing($"{score} % of {price} base units round down to nothing.")
            : new RewardOutcome(amount, $"{score} % of {price} base units, rounded down.");
    }
}

/// <summary>What the owner of a training pool has limited; null is no limit.</summary>
/// <param name="Uploads">How many submissions one person may be paid for.</param>
/// <param name="UploadsPerDay">The same within a day in UTC.</param>
/// <param name="UploadsPerTask">The same of one task.</param>
/// <param name="TaskReward">The most that one submission of the task earns, in base units; above zero.</param>
public sealed record RewardLimits(int? Uploads = null, int? UploadsPerDay = null, int? UploadsPerTask = null, ulong? TaskReward = null);

/// <summary>How many submissions a person was paid for, payments that failed aside.</summary>
/// <param name="BestScoreOfTask">Null where none of the task was paid.</param>
public sealed record PaidSubmissions(int InAll = 0, int Today = 0, int OfTask = 0, int? BestScoreOfTask = null);

/// <param name="Amount">Base units; 0 where nothing is paid.</param>
/// <param name="Reason">The rule that decided, for people.</param>
public sealed record RewardOutcome(ulong Amount, string Reason)
{
    public static RewardOutcome Nothing(string reason) => new(0, reason);
}
