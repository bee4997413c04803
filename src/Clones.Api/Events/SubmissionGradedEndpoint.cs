using Clones.Api.Auth;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Contracts.Submissions;
using Clones.Persistence;
using MassTransit;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Events;

/// <summary>For services without a broker's client: what they would publish, through an endpoint that answers.</summary>
internal static class SubmissionGradedEndpoint
{
    public static void MapEvents(this IEndpointRouteBuilder v1) =>
        v1.MapGroup("/events")
            .WithTags("Events")
            .MapPost("/submission-graded", PublishAsync)
            .RequireAuthorization(Policies.PublishEvents)
            .WithName("publishSubmissionGraded")
            .WithSummary("Publish a graded submission; it is decided once, however often it is published")
            .WithProblems(400, 401, 403, 404, 422, 503);

    private static async Task<Accepted> PublishAsync(
        SubmissionGradedRequest body,
        ClonesDbContext db,
        IPublishEndpoint bus,
        CancellationToken cancellationToken
    )
    {
        var fields = new Fields();
        var id = fields.Text<EventText>("submissionId", body.SubmissionId);
        var submitter = fields.Text<WalletAddress>("submitter", body.Submitter);
        var task = fields.OptionalText<EventText>("taskId", body.TaskId);
        var score = fields.Number<Score>("score", body.Score);
        fields.ThrowIfRejected();
        if (!await db.TrainingPools.AnyAsync(p => p.Id == body.TrainingPoolId, cancellationToken))
        {
            throw new ProblemException(Problem.NotFound);
        }

        if (
            await db.RewardDecisions.AsNoTracking().FirstOrDefaultAsync(d => d.SubmissionId == id.Value, cancellationToken) is { } decided
            && (decided.TrainingPoolId, decided.Submitter, decided.TaskId, decided.Score)
                != (body.TrainingPoolId, $"{submitter}", task?.Value, score.Value)
        )
        {
            throw new ProblemException(
                new Problem(
                    422,
                    ProblemCode.IdempotencyKeyReused,
                    "This submissionId was decided before with other contents, and is decided once. Another submission needs an id of its own."
                )
            );
        }

        // Into the outbox, and on disk: what has been answered with 202 is not lost, whether the broker is there or not.
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.CommitDurablyAsync(cancellationToken);
        await bus.Publish(
            new SubmissionGraded
            {
                SubmissionId = id.Value,
                TrainingPoolId = body.TrainingPoolId,
                Submitter = $"{submitter}",
                TaskId = task?.Value,
                Score = score.Value,
            },
            cancellationToken
        );
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Accepted($"/v1/pools/{body.TrainingPoolId}/rewards?submissionId={Uri.EscapeDataString(id.Value)}");
    }

    private readonly record struct EventText(string Value) : IField<EventText, string>
    {
        private const int LengthMax = 100;

        public static Parsed<EventText> Parse(string raw) =>
            PlainText.Reject(raw, 1, LengthMax) is { } rejection ? rejection : new EventText(raw);
    }

    private readonly record struct Score(int Value) : IField<Score, int>
    {
        public static Parsed<Score> Parse(int raw) => raw is >= 0 and <= 100 ? new Score(raw) : new Rejection("must be 0 to 100");
    }
}

/// <param name="SubmissionId">The grading service's own id, 1-100 characters; one id is one effect, for ever.</param>
/// <param name="Submitter">Wallet of the person to be paid.</param>
/// <param name="TaskId">Task within the training pool, 1-100 characters; absent where the pool is one task.</param>
/// <param name="Score">0 to 100. Below 50 pays nothing.</param>
internal sealed record SubmissionGradedRequest(
    string SubmissionId,
    Guid TrainingPoolId,
    string Submitter,
    int Score,
    string? TaskId = null
);
