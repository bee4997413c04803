namespace Clones.Domain.Payments;

/// <summary>What the reward rules decided for a graded submission, and why. One per submission id, for ever.</summary>
public sealed class RewardDecision
{
    /// <summary>In order of time (version 7) for those of this version on.</summary>
    public required Guid Id { get; init; }

    /// <summary>The submission's own id at the grading service.</summary>
    public required string SubmissionId { get; init; }
    public required Guid TrainingPoolId { get; init; }
    public required string Submitter { get; init; }
    public string? TaskId { get; init; }
    public required int Score { get; init; }

    /// <summary>Base units; 0 where nothing is paid.</summary>
    public required ulong Amount { get; init; }

    /// <summary>For people: the rule that decided.</summary>
    public required string Reason { get; init; }
    public Guid? PaymentId { get; init; }
    public required DateTimeOffset DecidedAt { get; init; }
}
