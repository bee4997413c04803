using Clones.Api.Auth;
using Clones.Api.Problems;
using Clones.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Operations;

internal static class OperationEndpoints
{
    public static void MapOperations(this IEndpointRouteBuilder v1) =>
        v1.MapGet("/operations/{id}", GetAsync)
            .WithTags("Operations")
            .WithName("getOperation")
            .WithSummary("What became of something that was started")
            .WithProblems(400, 401, 404);

    public static Accepted<OperationView> Accepted(Domain.Operations.Operation operation) =>
        TypedResults.Accepted($"/v1/operations/{operation.Id}", OperationView.Of(operation));

    private static async Task<Ok<OperationView>> GetAsync(Guid id, Caller caller, ClonesDbContext db, CancellationToken cancellationToken)
    {
        var operation = await db.Operations.AsNoTracking().FirstOrDefaultAsync(o => o.Id == id, cancellationToken);
        return operation is not null && (operation.Caller == caller.Id || caller.Has(Scopes.Ops))
            ? TypedResults.Ok(OperationView.Of(operation))
            : throw new ProblemException(Problem.NotFound);
    }
}
