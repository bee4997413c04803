using System.Security.Cryptography;
using Clones.Api.Requests;
using Clones.Api.Tokens;
using Clones.Domain;
using Clones.Domain.Transactions;
using Clones.Solana.Messages;

namespace Clones.Api.Agents;

/// <param name="Transaction">Base64 of the transaction with the owner's signature in its slot.</param>
internal sealed record SignedTransactionRequest(string Transaction);

/// <summary>What the payer spends at most, in SOL.</summary>
internal sealed record CostView(string Fee, string Rent, string VenueFee, string Liquidity, string Total);

/// <param name="Steps">What the transaction will do, one sentence each.</param>
/// <param name="Payer">DEPOSIT_WALLET or OWNER.</param>
/// <param name="PayerAddress">The wallet that pays: the fee payer of the transaction.</param>
internal sealed record TermsView(IReadOnlyList<string> Steps, string Payer, string PayerAddress, CostView Cost)
{
    public static TermsView? Of(TransactionAttempt? attempt)
    {
        if (attempt?.Terms is not { } json)
        {
            return null;
        }

        var terms = DeploymentTerms.FromJson(json);
        return new TermsView(
            terms.Steps,
            UpperSnakeCase.From(attempt.Payer),
            Message.Deserialize(attempt.MessageBytes).FeePayer.ToString(),
            new CostView(
                Sol(terms.Cost.FeeLamports),
                Sol(terms.Cost.RentLamports),
                Sol(terms.Cost.VenueFeeLamports),
                Sol(terms.Cost.LiquidityLamports),
                Sol(terms.Cost.TotalLamports())
            )
        );
    }

    private static string Sol(ulong lamports) => DecimalAmount.Format(lamports, TokenCatalogue.SolDecimals);
}

/// <param name="TransactionId">Null while the workers prepare the first attempt.</param>
/// <param name="Transaction">
/// Base64 of the transaction without the owner's signature; null unless it waits for the owner. Where the owner pays, it lacks no other, so that
/// the owner's wallet may send it itself.
/// </param>
/// <param name="MessageHash">Hex of the SHA-256 of the message.</param>
/// <param name="Signer">The wallet that is to sign.</param>
/// <param name="Signature">The transaction's id on chain, once every signature is there.</param>
internal sealed record OwnerTransactionView(
    Guid? TransactionId,
    string Kind,
    string? Status,
    int Attempt,
    string? AttemptStatus,
    string? Transaction,
    string? MessageHash,
    string Signer,
    string? Blockhash,
    ulong? LastValidBlockHeight,
    string? Signature,
    ulong? Slot,
    string? Reason,
    TermsView? Terms
)
{
    public static OwnerTransactionView Of(
        TransactionKind kind,
        string signer,
        ChainTransaction? transaction,
        TransactionAttempt? attempt
    ) =>
        new(
            transaction?.Id,
            UpperSnakeCase.From(kind),
            transaction is null ? null : UpperSnakeCase.From(transaction.Status),
            attempt?.Number ?? 0,
            attempt is null ? null : UpperSnakeCase.From(attempt.Status),
            attempt is { Status: Domain.Transactions.AttemptStatus.Prepared } ? ToSign(attempt) : null,
            attempt is null ? null : Convert.ToHexStringLower(SHA256.HashData(attempt.MessageBytes)),
            signer,
            attempt?.Blockhash,
            attempt?.LastValidBlockHeight,
            attempt?.Signature,
            attempt?.Slot,
            transaction?.Reason,
            TermsView.Of(attempt)
        );

    /// <summary>While the workers prepare a fresh attempt, the expired one is not to be signed.</summary>
    public OwnerTransactionView WithoutTransaction() => this with { Transaction = null };

    private static string ToSign(TransactionAttempt attempt) => Convert.ToBase64String(attempt.ToSign().Serialize());
}
