using Clones.Contracts.Submissions;
using Clones.Messaging.Bus;
using Clones.Settlement.Rewards;
using Clones.Testing.Hosts;

namespace Clones.Settlement.Tests.Rewards;

public sealed class GradedSubmissionTests
{
    [Theory]
    [InlineData("", 80, null, "submissionId")]
    [InlineData("a\0b", 80, null, "submissionId")]
    [InlineData("s", 101, null, "score")]
    [InlineData("s", 200, null, "score")]
    [InlineData("s", -1, null, "score")]
    [InlineData("s", 80, "11111111111111111111111111111111", "submitter")]
    [InlineData("s", 80, "not base58 0OIl", "submitter")]
    [InlineData("s", 80, "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA", "submitter")]
    public void A_message_that_cannot_be_right_says_which_field_is_wrong(string id, int score, string? submitter, string field)
    {
        var message = new SubmissionGraded
        {
            SubmissionId = id,
            TrainingPoolId = Guid.NewGuid(),
            Submitter = submitter ?? TestKeys.FreshAddress(),
            Score = score,
        };
        Should.Throw<UnacceptableMessageException>(() => GradedSubmission.Parse(message)).Message.ShouldContain(field);
    }
}
