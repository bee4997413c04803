using Clones.Acceptance;
using Clones.Api.Auth;
using Clones.Api.Documentation;
using Clones.Api.Pools;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Api.Tokens;
using Clones.Domain.Payments;
using Clones.Persistence;
using Clones.Solana.Primitives;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Clones.Api.Payments;

internal static class WithdrawalEndpoint
{
    public static void MapWithdrawals(this IEndpointRouteBuilder v1) =>
        v1.MapPost("/pools/{id}/withdrawals", WithdrawAsync)
            .RequireAuthorization(Policies.Owner)
            .WithTags("Payments")
            .WithMetadata(new MovesMoney())
            .WithName("createWithdrawal")
            .WithSummary("Take tokens or SOL out of the deposit wallet")
            .WithProblems(400, 401, 403, 404, 409, 422, 503);

    private static async Task<Accepted<PaymentView>> WithdrawAsync(
        Guid id,
        WithdrawalRequest body,
        Caller caller,
        IdempotencyKey? key,
        ClonesDbContext db,
        PaymentService payments,
        CancellationToken cancellationToken
    )
    {
        if (key is null)
        {
            throw IdempotencyKey.Required();
        }

        var fields = new Fields();
        var recipient = fields.Text<AccountAddress>("recipient", body.Recipient);
        var amount = fields.Text<DecimalAmount>("amount", body.Amount);
        fields.Text<TokenSymbol>("tokenSymbol", body.TokenSymbol);
        fields.ThrowIfRejected();

        var row = await db.FindPoolAsync(id, caller, cancellationToken);
        var tokens = await TokenCatalogue.ReadAsync(db, cancellationToken);
        var token = body.TokenSymbol == TokenCatalogue.SolSymbol ? tokens.ByMint(null) : tokens.ByMint(row.Pool.Mint);
        if (token.Symbol != body.TokenSymbol)
        {
            fields.Reject<string>("tokenSymbol", $"must be {row.Pool.TokenSymbol}, the pool's token, or SOL");
        }

        var units = fields.Take("amount", amount.ToBaseUnits(token.Decimals));
        fields.ThrowIfRejected();
        if (row.DepositAddress is null)
        {
            throw PoolEndpoints.PoolNotReady();
        }

        var result = await payments.AcceptAsync(
            new PaymentRequest
            {
                Kind = PaymentKind.Withdrawal,
                TrainingPoolId = id,
                Recipient = recipient.Key,
                Mint = token.Mint is { } mint ? PublicKey.Parse(mint) : null,
                Amount = units,
                Caller = caller.Id,
                IdempotencyKey = key.Value,
            },
            cancellationToken
        );
        var payment = AcceptanceAnswer.PaymentOf(result, token);
        return TypedResults.Accepted($"/v1/payments/{payment.Id}", PaymentView.Of(payment, tokens));
    }
}
