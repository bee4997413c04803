using Clones.Api.Auth;
using Clones.Api.Documentation;
using Clones.Api.Paging;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Api.Tokens;
using Clones.Domain.Payments;
using Clones.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Pools;

/// <summary>What the reward rules decided for each graded submission of a training pool, and why.</summary>
internal static class RewardDecisionsEndpoint
{
    public static void MapRewardDecisions(this IEndpointRouteBuilder pools) =>
        pools
            .MapGet("/{id}/rewards", ListAsync)
            .RequireAuthorization(Policies.ReadPayments)
            .WithPages(
                new QueryParameter("submissionId", "Of this submission."),
                new QueryParameter("submitter", "Of this person's wallet."),
                new QueryParameter("taskId", "Of this task.")
            )
            .WithName("listRewards")
            .WithSummary("Decisions on graded submissions, newest first, those that pay nothing too")
            .WithProblems(400, 401, 403, 404);

    private static async Task<Ok<Page<RewardDecisionView>>> ListAsync(
        Guid id,
        HttpContext context,
        Caller caller,
        ClonesDbContext db,
        CursorSealer sealer,
        CancellationToken cancellationToken
    )
    {
        var pool = await db.FindPaidPoolAsync(id, caller, cancellationToken);
        var query = PageQuery.Read(context, sealer, "submissionId", "submitter", "taskId");
        var decisions = Filter(db.RewardDecisions.AsNoTracking().Where(d => d.TrainingPoolId == id), context.Request.Query);
        var rows = await query.Newest(decisions, d => d.Id).ToListAsync(cancellationToken);
        var decimals = (await TokenCatalogue.ReadAsync(db, cancellationToken)).ByMint(pool.Mint).Decimals;
        return TypedResults.Ok(query.ToPage(rows, d => d.Id, d => RewardDecisionView.Of(d, decimals), sealer));
    }

    private static IQueryable<RewardDecision> Filter(IQueryable<RewardDecision> decisions, IQueryCollection query)
    {
        var fields = new Fields();
        if (query.TryGetValue("submitter", out var wallet))
        {
            var submitter = $"{fields.Text<AccountAddress>("submitter", wallet).Key}";
            decisions = decisions.Where(d => d.Submitter == submitter);
        }
        if (Text("submissionId") is { } submission)
        {
            decisions = decisions.Where(d => d.SubmissionId == submission);
        }

        if (Text("taskId") is { } task)
        {
            decisions = decisions.Where(d => d.TaskId == task);
        }

        fields.ThrowIfRejected();
        return decisions;

        // Nothing that the workers would not have taken is searched for: a NUL must not reach the database.
        string? Text(string name) =>
            query.TryGetValue(name, out var text)
                ? $"{text}" is { Length: >= 1 and <= 100 } given && !given.Any(char.IsControl)
                    ? given
                    : fields.Reject<string>(name, "must have 1 to 100 characters, none of them a control character")
                : null;
    }
}

/// <param name="Amount">Decimal string in the pool's token; "0" where nothing is paid.</param>
/// <param name="Reason">The rule that decided, for people.</param>
/// <param name="PaymentId">Null where nothing is paid.</param>
internal sealed record RewardDecisionView(
    string SubmissionId,
    string Submitter,
    string? TaskId,
    int Score,
    string Amount,
    string AmountBaseUnits,
    string Reason,
    Guid? PaymentId,
    DateTimeOffset DecidedAt
)
{
    public static RewardDecisionView Of(RewardDecision decision, int decimals) =>
        new(
            decision.SubmissionId,
            decision.Submitter,
            decision.TaskId,
            decision.Score,
            DecimalAmount.Format(decision.Amount, decimals),
            $"{decision.Amount}",
            decision.Reason,
            decision.PaymentId,
            decision.DecidedAt
        );
}
