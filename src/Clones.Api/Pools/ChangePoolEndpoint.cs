using Clones.Api.Auth;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Api.Tokens;
using Clones.Contracts.Pools;
using Clones.Domain.Payments;
using Clones.Domain.Pools;
using Clones.Persistence;
using MassTransit;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Clones.Api.Pools;

internal static class ChangePoolEndpoint
{
    public static void MapPoolChange(this IEndpointRouteBuilder pools) =>
        pools
            .MapPatch("/{id}", ChangeAsync)
            .RequireAuthorization(Policies.Owner)
            .WithName("changePool")
            .WithSummary("Change, pause or resume a training pool")
            .WithProblems(400, 401, 403, 404, 412, 428);

    private static async Task<Ok<PoolView>> ChangeAsync(
        Guid id,
        ChangePoolRequest body,
        HttpContext context,
        Caller caller,
        ClonesDbContext db,
        IPublishEndpoint bus,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var pool = await db.FindOwnPoolAsync(id, caller, cancellationToken);
        EntityTag.Require(context, $"{pool.Version}");
        var resumes = Apply(body, pool, (await TokenCatalogue.ReadAsync(db, cancellationToken)).ByMint(pool.Mint).Decimals);
        pool.UpdatedAt = time.GetUtcNow();
        if (resumes && pool.DepositWalletId is not null)
        {
            await bus.Publish(new RefreshPoolFunds { TrainingPoolId = id }, cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);

        var row = await db.FindPoolAsync(id, caller, cancellationToken);
        EntityTag.Write(context, $"{row.Pool.Version}");
        return TypedResults.Ok(PoolView.Of(row, await TokenCatalogue.ReadAsync(db, cancellationToken)));
    }

    /// <returns>Whether the pool was paused and goes on.</returns>
    private static bool Apply(ChangePoolRequest body, TrainingPool pool, int decimals)
    {
        var fields = new Fields();
        int? Limit(string field, int? given) => given is { } limit ? fields.Number<UploadLimit>(field, limit).Value : null;
        if (body.Name.IsGiven && fields.Text<PoolName>("name", body.Name.Value) is { Value: not null } name)
        {
            pool.Name = name.Value;
        }

        if (body.PricePerDemo.IsGiven)
        {
            var price = fields.Text<DecimalAmount>("pricePerDemo", body.PricePerDemo.Value);
            if (!fields.IsRejected("pricePerDemo"))
            {
                pool.PricePerDemo = fields.Take("pricePerDemo", price.ToBaseUnits(decimals));
            }
        }
        if (body.Skills.IsGiven)
        {
            pool.Skills = fields
                .Take("skills", body.Skills.Value is { } skills ? Skills.Parse(skills) : new Rejection("must not be null"))
                .Values;
        }

        if (body.UploadLimit.IsGiven)
        {
            pool.UploadLimit = Limit("uploadLimit", body.UploadLimit.Value);
        }

        if (body.UploadLimitPerDay.IsGiven)
        {
            pool.UploadLimitPerDay = Limit("uploadLimitPerDay", body.UploadLimitPerDay.Value);
        }

        if (body.UploadLimitPerTask.IsGiven)
        {
            pool.UploadLimitPerTask = Limit("uploadLimitPerTask", body.UploadLimitPerTask.Value);
        }

        if (body.TaskRewardLimits.IsGiven)
        {
            pool.TaskRewardLimits = fields
                .Take(
                    "taskRewardLimits",
                    body.TaskRewardLimits.Value is { } tasks ? TaskRewardLimits.Parse(tasks, decimals) : new Rejection("must not be null")
                )
                .Values;
        }

        if (body.PayoutBatch.IsGiven)
        {
            pool.PayoutBatch = body.PayoutBatch.Value is { } size
                ? fields.Number<PayoutBatchSize>("payoutBatch", size).Value
                : PayoutBatch.Max;
        }

        var resumes = body.Status is { IsGiven: true, Value: "LIVE" } && pool.Status == TrainingPoolStatus.Paused;
        if (body.Status is { IsGiven: true, Value: not ("PAUSED" or "LIVE") })
        {
            fields.Reject<string>("status", "must be PAUSED or LIVE");
        }

        fields.ThrowIfRejected();

        // Resumed without funds until the workers have read them: rewards then wait for a moment instead of failing.
        if (resumes)
        {
            pool.Status = TrainingPoolStatus.NoFunds;
        }
        else if (body.Status.Value == "PAUSED")
        {
            pool.Status = TrainingPoolStatus.Paused;
        }

        return resumes;
    }
}
