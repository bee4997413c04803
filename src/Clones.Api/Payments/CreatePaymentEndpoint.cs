using Clones.Api.Auth;
using Clones.Api.Pools;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Api.Tokens;
using Clones.Persistence;
using Clones.Persistence.Payments;
using Clones.Solana.Primitives;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Payments;

internal static class CreatePaymentEndpoint
{
    public static void MapPaymentCreation(this IEndpointRouteBuilder payments) =>
        payments
            .MapPost("/", CreateAsync)
            .RequireAuthorization(Policies.PayFrom)
            .WithSummary("Pay a reward out of a training pool's deposit wallet")
            .WithProblems(400, 401, 403, 404, 409, 422, 503);

    private static async Task<Accepted<PaymentView>> CreateAsync(
        CreatePaymentRequest body,
        Caller caller,
        IdempotencyKey? key,
        ClonesDbContext db,
        PaymentDoor door,
        CancellationToken cancellationToken
    )
    {
        if (key is null)
            throw IdempotencyKey.Required();
        var fields = new Fields();
        var recipient = fields.Text<AccountAddress>("recipient", body.Recipient);
        var amount = fields.Text<DecimalAmount>("amount", body.Amount);
        var reference = fields.OptionalText<PaymentReference>("reference", body.Reference);
        var missingFunds = fields.OptionalText<MissingFundsChoice>("onInsufficientFunds", body.OnInsufficientFunds);
        fields.ThrowIfRefused();

        var row = await db
            .TrainingPools.AsNoTracking()
            .Where(p => p.Id == body.TrainingPoolId)
            .WithDepositAddress(db)
            .FirstOrDefaultAsync(cancellationToken);
        if (row is null || !(caller.Owns(row.Pool.OwnerAddress) || caller.Has(Scopes.PaymentsWrite)))
            throw new ProblemException(Problem.NotFound);
        if (row.DepositAddress is null)
            throw PoolEndpoints.PoolNotReady();

        var tokens = await TokenCatalogue.ReadAsync(db, cancellationToken);
        var token = tokens.ByMint(row.Pool.Mint);
        var units = fields.Take("amount", amount.ToBaseUnits(token.Decimals));
        fields.ThrowIfRefused();

        var payment = await door.AcceptAsync(
            new PaymentRequest
            {
                Kind = PaymentKind.Reward,
                TrainingPoolId = row.Pool.Id,
                Recipient = recipient.Key,
                Mint = token.Mint is { } mint ? PublicKey.Parse(mint) : null,
                Amount = units,
                Caller = caller.Id,
                IdempotencyKey = key.Value,
                Reference = reference?.Value,
                MayWait = missingFunds is { MayWait: true },
            },
            PublicKey.Parse(row.DepositAddress),
            token,
            cancellationToken
        );
        return TypedResults.Accepted($"/v1/payments/{payment.Id}", PaymentView.Of(payment, tokens));
    }
}
