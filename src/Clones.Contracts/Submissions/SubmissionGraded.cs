using System.ComponentModel.DataAnnotations;

namespace Clones.Contracts.Submissions;

/// <summary>A submission of a training pool was graded. Published by the grading service as plain JSON, in any language.</summary>
public sealed record SubmissionGraded
{
    /// <summary>The submission's own id at the grading service, 1-100 characters; one id is one effect, for ever.</summary>
    [StringLength(100, MinimumLength = 1)]
    public required string SubmissionId { get; init; }
    public required Guid TrainingPoolId { get; init; }

    /// <summary>Wallet of the person to be paid, base58.</summary>
    [RegularExpression("^[1-9A-HJ-NP-Za-km-z]{32,44}$")]
    public required string Submitter { get; init; }

    /// <summary>Task within the training pool, up to 100 characters; null where the pool is one task.</summary>
    [StringLength(100, MinimumLength = 1)]
    public string? TaskId { get; init; }

    /// <summary>0 to 100. Below 50 pays nothing.</summary>
    [Range(0, 100)]
    public required int Score { get; init; }
}
