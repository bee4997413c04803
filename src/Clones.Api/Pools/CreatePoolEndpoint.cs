using Clones.Api.Auth;
using Clones.Api.Operations;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Api.Tokens;
using Clones.Contracts.Keys;
using Clones.Domain.Payments;
using Clones.Domain.Pools;
using Clones.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Clones.Api.Pools;

internal static class CreatePoolEndpoint
{
    private const string Kind = "CREATE_POOL";

    public static void MapPoolCreation(this IEndpointRouteBuilder pools) =>
        pools
            .MapPost("/", CreateAsync)
            .RequireAuthorization(Policies.Owner)
            .WithName("createPool")
            .WithSummary("Create a training pool; the workers make its deposit wallet")
            .WithProblems(400, 401, 403, 422);

    private static async Task<Results<Accepted<OperationView>, Ok<PoolView>>> CreateAsync(
        CreatePoolRequest body,
        HttpContext context,
        Caller caller,
        IdempotencyKey? key,
        PreferWait prefer,
        ClonesDbContext db,
        OperationStarter operations,
        OperationWaiter waiter,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var hash = IdempotencyKey.HashOf(Kind, null, body);
        var operation = await operations.FindAsync(caller, key, hash, cancellationToken);
        if (operation is null)
        {
            var pool = Parse(body, caller, await TokenCatalogue.ReadAsync(db, cancellationToken), time.GetUtcNow());
            db.TrainingPools.Add(pool);
            operation = operations.New(Kind, caller, key, hash, trainingPoolId: pool.Id);
            var message = new CreateDepositWallet { TrainingPoolId = pool.Id, OperationId = operation.Id };
            operation = await operations.StartAsync(operation, message, caller, cancellationToken);
        }
        return await PoolEndpoints.AnswerAsync(context, operation, caller, prefer, db, waiter, cancellationToken);
    }

    private static TrainingPool Parse(CreatePoolRequest body, Caller caller, TokenCatalogue tokens, DateTimeOffset now)
    {
        var fields = new Fields();
        var name = fields.Text<PoolName>("name", body.Name);
        var price = fields.Text<DecimalAmount>("pricePerDemo", body.PricePerDemo);
        var skills = fields.Take("skills", Skills.Parse(body.Skills ?? []));
        int? Limit(string name, int? given) => given is { } limit ? fields.Number<UploadLimit>(name, limit).Value : null;
        var (limit, perDay, perTask) = (
            Limit("uploadLimit", body.UploadLimit),
            Limit("uploadLimitPerDay", body.UploadLimitPerDay),
            Limit("uploadLimitPerTask", body.UploadLimitPerTask)
        );
        var batch = body.PayoutBatch is { } size ? fields.Number<PayoutBatchSize>("payoutBatch", size).Value : PayoutBatch.Max;
        fields.Text<TokenSymbol>("tokenSymbol", body.TokenSymbol);
        var token = tokens.BySymbol(body.TokenSymbol);
        if (token is null)
        {
            fields.Reject<string>("tokenSymbol", "is not listed; GET /v1/tokens shows those that are");
        }

        var units = token is null || fields.IsRejected("pricePerDemo") ? 0 : fields.Take("pricePerDemo", price.ToBaseUnits(token.Decimals));
        var taskLimits =
            token is not null && body.TaskRewardLimits is { } tasks
                ? fields.Take("taskRewardLimits", TaskRewardLimits.Parse(tasks, token.Decimals)).Values
                : [];
        fields.ThrowIfRejected();

        return new TrainingPool
        {
            Id = Guid.CreateVersion7(now),
            OwnerAddress = caller.OwnWallet().ToString(),
            Name = name.Value,
            Skills = skills.Values,
            TokenSymbol = token!.Symbol,
            Mint = token.Mint,
            PricePerDemo = units,
            UploadLimit = limit,
            UploadLimitPerDay = perDay,
            UploadLimitPerTask = perTask,
            TaskRewardLimits = taskLimits,
            PayoutBatch = batch,
            Status = TrainingPoolStatus.NoFunds,
            CreatedAt = now,
            UpdatedAt = now,
        };
    }
}
