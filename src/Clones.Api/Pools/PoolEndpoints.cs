using Clones.Api.Auth;
using Clones.Api.Documentation;
using Clones.Api.Operations;
using Clones.Api.Paging;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Api.Tokens;
using Clones.Contracts.Pools;
using Clones.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Pools;

internal static class PoolEndpoints
{
    public static void MapPools(this IEndpointRouteBuilder v1)
    {
        var pools = v1.MapGroup("/pools").WithTags("Training pools");
        pools
            .MapGet("/", ListAsync)
            .RequireAuthorization(Policies.OwnerOrOps)
            .WithPages()
            .WithName("listPools")
            .WithSummary("Training pools")
            .WithProblems(400, 401, 403);
        pools
            .MapGet("/{id}", GetAsync)
            .RequireAuthorization(Policies.OwnerOrOps)
            .WithName("getPool")
            .WithSummary("One training pool")
            .WithProblems(400, 401, 403, 404);
        pools
            .MapPost("/{id}/refresh", RefreshAsync)
            .RequireAuthorization(Policies.OwnerOrOps)
            .WithName("refreshPool")
            .WithSummary("Read the pool's funds from the chain")
            .WithProblems(400, 401, 403, 404, 409, 422);
        pools.MapPoolCreation();
        pools.MapPoolChange();
        pools.MapLedger();
        pools.MapRewardDecisions();
    }

    private static async Task<Ok<Page<PoolView>>> ListAsync(
        HttpContext context,
        Caller caller,
        ClonesDbContext db,
        CursorSealer sealer,
        CancellationToken cancellationToken
    )
    {
        var query = PageQuery.Read(context, sealer);
        var pools = db.TrainingPools.AsNoTracking();
        if (caller.Wallet?.ToString() is { } owner)
        {
            pools = pools.Where(p => p.OwnerAddress == owner);
        }

        var rows = await query.Newest(pools, p => p.Id).WithDepositAddress(db).ToListAsync(cancellationToken);
        var tokens = await TokenCatalogue.ReadAsync(db, cancellationToken);
        return TypedResults.Ok(query.ToPage(rows, r => r.Pool.Id, r => PoolView.Of(r, tokens), sealer));
    }

    private static async Task<Ok<PoolView>> GetAsync(
        Guid id,
        HttpContext context,
        Caller caller,
        ClonesDbContext db,
        CancellationToken cancellationToken
    )
    {
        var row = await db.FindPoolAsync(id, caller, cancellationToken);
        EntityTag.Write(context, $"{row.Pool.Version}");
        return TypedResults.Ok(PoolView.Of(row, await TokenCatalogue.ReadAsync(db, cancellationToken)));
    }

    private static async Task<Results<Accepted<OperationView>, Ok<PoolView>>> RefreshAsync(
        Guid id,
        HttpContext context,
        Caller caller,
        IdempotencyKey? key,
        PreferWait prefer,
        ClonesDbContext db,
        OperationStarter operations,
        OperationWaiter waiter,
        CancellationToken cancellationToken
    )
    {
        var row = await db.FindPoolAsync(id, caller, cancellationToken);
        if (row.DepositAddress is null)
        {
            throw PoolNotReady();
        }

        var hash = IdempotencyKey.HashOf("REFRESH_POOL", id, "");
        var operation = await operations.FindAsync(caller, key, hash, cancellationToken);
        if (operation is null)
        {
            operation = operations.New("REFRESH_POOL", caller, key, hash, trainingPoolId: id);
            var message = new RefreshPoolFunds { TrainingPoolId = id, OperationId = operation.Id };
            operation = await operations.StartAsync(operation, message, caller, cancellationToken);
        }
        return await AnswerAsync(context, operation, caller, prefer, db, waiter, cancellationToken);
    }

    /// <summary>The pool where the workers were fast enough for the caller, the operation to be followed where not.</summary>
    internal static async Task<Results<Accepted<OperationView>, Ok<PoolView>>> AnswerAsync(
        HttpContext context,
        Domain.Operations.Operation operation,
        Caller caller,
        PreferWait prefer,
        ClonesDbContext db,
        OperationWaiter waiter,
        CancellationToken cancellationToken
    )
    {
        operation = await waiter.WaitAsync(operation, prefer, cancellationToken);
        if (operation.Status != Domain.Operations.OperationStatus.Succeeded || prefer.Time is null)
        {
            return OperationEndpoints.Accepted(operation);
        }

        var row = await db.FindPoolAsync(operation.TrainingPoolId!.Value, caller, cancellationToken);
        EntityTag.Write(context, $"{row.Pool.Version}");
        return TypedResults.Ok(PoolView.Of(row, await TokenCatalogue.ReadAsync(db, cancellationToken)));
    }

    internal static ProblemException PoolNotReady() =>
        new(
            new Problem(409, ProblemCode.PoolNotReady, "The workers have not made the deposit wallet of this training pool yet.")
            {
                RetryAfterSeconds = 1,
            }
        );
}
