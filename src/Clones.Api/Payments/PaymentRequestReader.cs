using Clones.Api.Auth;
using Clones.Api.Pools;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Api.Tokens;
using Clones.Domain.Payments;
using Clones.Domain.Tokens;
using Clones.Solana.Primitives;

namespace Clones.Api.Payments;

/// <summary>A reward that a caller asks for, in value types, out of a pool that they may pay from.</summary>
internal sealed record IncomingPayment(PaymentRequest Request, Token Token);

/// <summary>Reads rewards out of request bodies, as far as the database alone can say; pools and tokens once for each request.</summary>
internal sealed class PaymentRequestReader(PayingPools paying)
{
    private readonly Dictionary<Guid, PoolRow?> pools = [];
    private TokenCatalogue? catalogue;

    /// <exception cref="ProblemException">A field is rejected, or the pool is not there, not theirs, or not ready.</exception>
    public async Task<IncomingPayment> ReadAsync(CreatePaymentRequest body, Caller caller, string key, CancellationToken cancellationToken)
    {
        var fields = new Fields();
        var recipient = fields.Text<AccountAddress>("recipient", body.Recipient);
        var amount = fields.Text<DecimalAmount>("amount", body.Amount);
        var reference = fields.OptionalText<PaymentReference>("reference", body.Reference);
        var missingFunds = fields.OptionalText<MissingFundsChoice>("onInsufficientFunds", body.OnInsufficientFunds);
        fields.ThrowIfRejected();

        var row = await PoolAsync(body.TrainingPoolId, cancellationToken);
        if (row is null || !(caller.Owns(row.Pool.OwnerAddress) || caller.Has(Scopes.PaymentsWrite)))
        {
            throw new ProblemException(Problem.NotFound);
        }

        if (row.DepositAddress is null)
        {
            throw PoolEndpoints.PoolNotReady();
        }

        var token = (await TokensAsync(cancellationToken)).ByMint(row.Pool.Mint);
        var units = fields.Take("amount", amount.ToBaseUnits(token.Decimals));
        fields.ThrowIfRejected();
        var request = new PaymentRequest
        {
            Kind = PaymentKind.Reward,
            TrainingPoolId = row.Pool.Id,
            Recipient = recipient.Key,
            Mint = token.Mint is { } mint ? PublicKey.Parse(mint) : null,
            Amount = units,
            Caller = caller.Id,
            IdempotencyKey = key,
            Reference = reference?.Value,
            MayWait = missingFunds is { MayWait: true },
        };
        return new IncomingPayment(request, token);
    }

    public async Task<TokenCatalogue> TokensAsync(CancellationToken cancellationToken) =>
        catalogue ??= await paying.TokensAsync(cancellationToken);

    private async Task<PoolRow?> PoolAsync(Guid id, CancellationToken cancellationToken)
    {
        if (!pools.TryGetValue(id, out var row))
        {
            row = await paying.FindAsync(id, cancellationToken);
            pools[id] = row;
        }
        return row;
    }
}
