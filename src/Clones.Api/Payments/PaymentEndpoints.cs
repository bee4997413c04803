using Clones.Api.Auth;
using Clones.Api.Documentation;
using Clones.Api.Paging;
using Clones.Api.Problems;
using Clones.Api.Tokens;
using Clones.Domain.Payments;
using Clones.Persistence;
using Clones.Persistence.Payments;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Payments;

internal static class PaymentEndpoints
{
    public static void MapPayments(this IEndpointRouteBuilder v1)
    {
        var payments = v1.MapGroup("/payments").WithTags("Payments");
        payments
            .MapGet("/", ListAsync)
            .RequireAuthorization(Policies.ReadPayments)
            .WithPages(QueryParameter.OfPayments)
            .WithName("listPayments")
            .WithSummary("Payments, newest first")
            .WithProblems(400, 401, 403);
        payments
            .MapGet("/{id}", GetAsync)
            .RequireAuthorization(Policies.ReadPayments)
            .WithName("getPayment")
            .WithSummary("One payment")
            .WithProblems(400, 401, 403, 404);
        payments
            .MapGet("/{id}/attempts", AttemptsAsync)
            .RequireAuthorization(Policies.ReadPayments)
            .WithName("listPaymentAttempts")
            .WithSummary("Every signed message of a payment, and how it ended")
            .WithProblems(400, 401, 403, 404);
        payments.MapPaymentCreation();
        payments.MapPaymentBatch();
        payments.MapPaymentExport();
        v1.MapWithdrawals();
    }

    private static async Task<Ok<Page<PaymentView>>> ListAsync(
        HttpContext context,
        Caller caller,
        ClonesDbContext db,
        CursorSealer sealer,
        CancellationToken cancellationToken
    )
    {
        var query = PageQuery.Read(context, sealer, PaymentFilter.Names);
        var filter = PaymentFilter.Read(context.Request.Query);
        var rows = await db.ReadPaymentsAsync(
            filter,
            caller.Wallet?.ToString(),
            query.After,
            newestFirst: true,
            query.Limit + 1,
            cancellationToken
        );
        var tokens = await TokenCatalogue.ReadAsync(db, cancellationToken);
        return TypedResults.Ok(query.ToPage(rows, p => p.Id, p => PaymentView.Of(p, tokens), sealer));
    }

    private static async Task<Ok<PaymentView>> GetAsync(Guid id, Caller caller, ClonesDbContext db, CancellationToken cancellationToken)
    {
        var payment = await FindAsync(id, caller, db, cancellationToken);
        return TypedResults.Ok(PaymentView.Of(payment, await TokenCatalogue.ReadAsync(db, cancellationToken)));
    }

    private static async Task<Ok<Page<AttemptView>>> AttemptsAsync(
        Guid id,
        Caller caller,
        ClonesDbContext db,
        CancellationToken cancellationToken
    )
    {
        var payment = await FindAsync(id, caller, db, cancellationToken);
        var attempts = await db
            .TransactionAttempts.AsNoTracking()
            .Where(a => a.TransactionId == payment.TransactionId)
            .OrderBy(a => a.Number)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(new Page<AttemptView>([.. attempts.Select(a => AttemptView.Of(a, caller.Has(Scopes.Ops)))], null));
    }

    /// <summary>An owner sees the payments out of their own pools; a key sees all.</summary>
    private static async Task<Payment> FindAsync(Guid id, Caller caller, ClonesDbContext db, CancellationToken cancellationToken)
    {
        var owner = caller.Wallet?.ToString();
        return await db
                .Payments.AsNoTracking()
                .Where(p => owner == null || db.TrainingPools.Any(t => t.Id == p.TrainingPoolId && t.OwnerAddress == owner))
                .FirstOrDefaultAsync(p => p.Id == id, cancellationToken)
            ?? throw new ProblemException(Problem.NotFound);
    }
}
