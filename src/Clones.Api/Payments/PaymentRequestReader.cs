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
    private readonly Dictionary<Guid, PayingPool?> pools = [];
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

        var pool = await PoolAsync(body.TrainingPoolId, cancellationToken);
        if (pool is null || !(caller.Owns(pool.OwnerAddress) || caller.Has(Scopes.PaymentsWrite)))
        {
            throw new ProblemException(Problem.NotFound);
        }

        if (!pool.HasWallet)
        {
            throw PoolEndpoints.PoolNotReady();
        }

        var token = (await TokensAsync(pool.Mint, cancellationToken)).ByMint(pool.Mint);
        var units = fields.Take("amount", amount.ToBaseUnits(token.Decimals));
        fields.ThrowIfRejected();
        var request = new PaymentRequest
        {
            Kind = PaymentKind.Reward,
            TrainingPoolId = pool.Id,
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

    /// <param name="mint">Of a token that must be in it, as those of all that were read are; null for SOL.</param>
    public async Task<TokenCatalogue> TokensAsync(string? mint, CancellationToken cancellationToken) =>
        catalogue is not null && catalogue.All.Any(t => t.Mint == mint)
            ? catalogue
            : catalogue = await paying.TokensAsync(mint, cancellationToken);

    private async Task<PayingPool?> PoolAsync(Guid id, CancellationToken cancellationToken)
    {
        if (!pools.TryGetValue(id, out var pool))
        {
            pool = await paying.FindAsync(id, cancellationToken);
            pools[id] = pool;
        }
        return pool;
    }
}
