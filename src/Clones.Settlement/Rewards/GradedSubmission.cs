using Clones.Contracts.Submissions;
using Clones.Domain.Payments;
using Clones.Messaging.Bus;
using Clones.Solana.Primitives;

namespace Clones.Settlement.Rewards;

/// <summary>A <see cref="SubmissionGraded"/> whose every field has been checked: nothing past here handles what somebody else wrote raw.</summary>
internal sealed record GradedSubmission(string Id, Guid TrainingPoolId, PublicKey Submitter, string? TaskId, int Score)
{
    private const int TextLengthMax = 100;

    /// <exception cref="UnacceptableMessageException">Says which field and why.</exception>
    public static GradedSubmission Parse(SubmissionGraded message)
    {
        if (message.SubmissionId is not { Length: >= 1 and <= TextLengthMax } id || id.Any(char.IsControl))
        {
            throw new UnacceptableMessageException(
                $"submissionId must have 1 to {TextLengthMax} characters, none of them a control character."
            );
        }
        if (message.TaskId is { } task && (task.Length is < 1 or > TextLengthMax || task.Any(char.IsControl)))
        {
            throw new UnacceptableMessageException(
                $"taskId must be absent or have 1 to {TextLengthMax} characters, none of them a control character."
            );
        }
        if (message.Score is < 0 or > 100)
        {
            throw new UnacceptableMessageException($"score must be 0 to 100; it is {message.Score}.");
        }
        if (!PublicKey.TryParse(message.Submitter, out var submitter))
        {
            throw new UnacceptableMessageException("submitter must be the base58 address of a wallet (32 bytes).");
        }
        return RecipientRule.Reject(submitter, null, null) is { } rejection
            ? throw new UnacceptableMessageException($"submitter cannot be paid. {rejection}")
            : new GradedSubmission(id, message.TrainingPoolId, submitter, message.TaskId, message.Score);
    }
}
