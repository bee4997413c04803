using Clones.Api.Auth;
using Clones.Api.Documentation;
using Clones.Api.Paging;
using Clones.Api.Problems;
using Clones.Api.Tokens;
using Clones.Persistence;
using Clones.Persistence.Ledger;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Pools;

internal static class LedgerEndpoint
{
    public static void MapLedger(this IEndpointRouteBuilder pools) =>
        pools
            .MapGet("/{id}/ledger", ListAsync)
            .RequireAuthorization(Policies.ReadPayments)
            .WithPages()
            .WithName("listLedger")
            .WithSummary("Every movement of a training pool's deposit wallet, newest first")
            .WithProblems(400, 401, 403, 404);

    private static async Task<Ok<Page<LedgerEntryView>>> ListAsync(
        Guid id,
        HttpContext context,
        Caller caller,
        ClonesDbContext db,
        CursorSealer sealer,
        CancellationToken cancellationToken
    )
    {
        var pool = await db.FindPaidPoolAsync(id, caller, cancellationToken);
        var query = PageQuery.Read(context, sealer);
        var rows = pool.DepositWalletId is { } walletId
            ? await db.ReadLedgerAsync(walletId, query.After, query.Limit + 1, cancellationToken)
            : [];
        var tokens = await TokenCatalogue.ReadAsync(db, cancellationToken);
        return TypedResults.Ok(query.ToPage(rows, r => r.SortKey, r => LedgerEntryView.Of(r, tokens), sealer));
    }
}
