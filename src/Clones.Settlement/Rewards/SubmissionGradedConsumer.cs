using Clones.Contracts.Submissions;
using Clones.Domain.Payments;
using Clones.Domain.Pools;
using Clones.Messaging.Bus;
using Clones.Persistence;
using Clones.Settlement.Payments;
using Clones.Solana.Primitives;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Rewards;

/// <summary>
/// Turns a graded submission into a payment, or into a decision not to pay. One submission id is one effect, for ever: the decision's row is
/// its key, whatever is delivered again, and whatever it says the second time.
/// </summary>
internal sealed class SubmissionGradedConsumer(
    ClonesDbContext db,
    PaymentRequestHandler payments,
    TimeProvider time,
    ILogger<SubmissionGradedConsumer> log
) : IConsumer<SubmissionGraded>
{
    private const string Caller = "system:rewards";

    public async Task Consume(ConsumeContext<SubmissionGraded> context)
    {
        var submission = GradedSubmission.Parse(context.Message);
        var cancellationToken = context.CancellationToken;

        // The first lock makes one effect of two deliveries at once, the second keeps the count of a person's paid submissions true.
        await LockAsync($"submission\n{submission.Id}", cancellationToken);
        if (
            await db.RewardDecisions.AsNoTracking().FirstOrDefaultAsync(d => d.SubmissionId == submission.Id, cancellationToken) is
            { } earlier
        )
        {
            log.LogInformation("Submission {SubmissionId} was decided before: {Reason}", submission.Id, earlier.Reason);
            return;
        }
        await LockAsync($"person\n{submission.TrainingPoolId}\n{submission.Submitter}", cancellationToken);

        var pool =
            await db.TrainingPools.FirstOrDefaultAsync(p => p.Id == submission.TrainingPoolId, cancellationToken)
            ?? throw new UnacceptableMessageException($"trainingPoolId: there is no training pool {submission.TrainingPoolId}.");
        var decision = await DecideAsync(pool, submission, cancellationToken);
        var paymentId = decision.Amount == 0 ? (Guid?)null : await PayAsync(context, pool, submission, decision.Amount);
        db.RewardDecisions.Add(
            new RewardDecision
            {
                Id = Guid.CreateVersion7(time.GetUtcNow()),
                SubmissionId = submission.Id,
                TrainingPoolId = pool.Id,
                Submitter = submission.Submitter.ToString(),
                TaskId = submission.TaskId,
                Score = submission.Score,
                Amount = decision.Amount,
                Reason = decision.Reason,
                PaymentId = paymentId,
                DecidedAt = time.GetUtcNow(),
            }
        );
        log.LogInformation("Submission {SubmissionId} earns {Amount}: {Reason}", submission.Id, decision.Amount, decision.Reason);
    }

    private async Task<RewardOutcome> DecideAsync(TrainingPool pool, GradedSubmission submission, CancellationToken cancellationToken)
    {
        var submitter = submission.Submitter.ToString();
        var paid = await (
            from decision in db.RewardDecisions
            join payment in db.Payments on decision.PaymentId equals payment.Id
            where decision.TrainingPoolId == pool.Id && decision.Submitter == submitter && payment.Status != PaymentStatus.Failed
            select new
            {
                decision.TaskId,
                decision.Score,
                decision.DecidedAt,
            }
        ).ToListAsync(cancellationToken);
        var today = time.GetUtcNow().UtcDateTime.Date;
        var ofTask = paid.Where(p => p.TaskId == submission.TaskId).ToList();
        var limits = new RewardLimits(
            pool.UploadLimit,
            pool.UploadLimitPerDay,
            pool.UploadLimitPerTask,
            submission.TaskId is { } task && pool.TaskRewardLimits.TryGetValue(task, out var most) ? most : null
        );
        var before = new PaidSubmissions(
            paid.Count,
            paid.Count(p => p.DecidedAt.UtcDateTime.Date == today),
            ofTask.Count,
            ofTask.Select(p => (int?)p.Score).Max()
        );
        return RewardRules.Decide(submission.Score, pool.PricePerDemo, limits, before);
    }

    private async Task<Guid> PayAsync(ConsumeContext context, TrainingPool pool, GradedSubmission submission, ulong amount)
    {
        var request = new PaymentRequest
        {
            Kind = PaymentKind.Reward,
            TrainingPoolId = pool.Id,
            Recipient = submission.Submitter,
            Mint = pool.Mint is null ? null : PublicKey.Parse(pool.Mint),
            Amount = amount,
            Caller = Caller,
            IdempotencyKey = submission.Id,
            Reference = submission.Id,
            MayWait = true,
        };
        return (await payments.TakeAsync(context, request, recipientField: "submitter", keyField: "submissionId")).Id;
    }

    private Task LockAsync(string name, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended({name}, 7412))", cancellationToken);
}
