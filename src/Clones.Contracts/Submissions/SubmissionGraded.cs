namespace Clones.Contracts.Submissions;

/// <summary>A submission of a training pool was graded. Published by the grading service as plain JSON, in any language.</summary>
public sealed record SubmissionGraded
{
    /// <summary>The submission's own id at the grading service, 1-100 characters; one id is one effect, for ever.</summary>
    public required string SubmissionId { get; init; }
    public required Guid TrainingPoolId { get; init; }

    /// <summary>Wallet of the person to be paid, base58.</summary>
    public required string Submitter { get; init; }

    /// <summary>Task within the training pool, up to 100 characters; null where the pool is one task.</summary>
    public string? TaskId { get; init; }

    /// <summary>0 to 100. Below 50 pays nothing.</summary>
    public required int Score { get; init; }
}
