using System.Globalization;
using Clones.Api.Requests;
using Clones.Api.Tokens;
using Clones.Persistence.Ledger;

namespace Clones.Api.Pools;

/// <summary>One movement. Those with a signature are finalized on chain, and add up to the wallet's balance; reservations only hold funds back.</summary>
/// <param name="Kind">RESERVATION, RELEASE, SETTLEMENT, WITHDRAWAL, FEE, RENT, DEPLOYMENT, DEPOSIT or UNKNOWN.</param>
/// <param name="Amount">In whole units of the token; below zero where it left the wallet, or is held back.</param>
/// <param name="Signature">Null for reservations.</param>
/// <param name="Destination">Wallet (SOL) or token account; null unless it is a transfer out.</param>
/// <param name="PaymentId">The payment it belongs to, where it belongs to one.</param>
/// <param name="Failed">The chain rejected the transaction: only its fee was taken.</param>
internal sealed record LedgerEntryView(
    string Kind,
    string TokenSymbol,
    string? Mint,
    string Amount,
    string AmountBaseUnits,
    string? Signature,
    ulong? Slot,
    Guid? TransactionId,
    int? Attempt,
    Guid? PaymentId,
    string? Destination,
    bool Failed,
    DateTimeOffset OccurredAt
)
{
    public static LedgerEntryView Of(LedgerRow row, TokenCatalogue tokens)
    {
        var token = tokens.ByMint(row.Mint);
        var sign = row.Amount < 0 ? "-" : "";
        return new LedgerEntryView(
            row.Kind,
            token.Symbol,
            row.Mint,
            sign + DecimalAmount.Format((ulong)Math.Abs(row.Amount), token.Decimals),
            row.Amount.ToString("0", CultureInfo.InvariantCulture),
            row.Signature,
            row.Slot,
            row.TransactionId,
            row.Attempt,
            row.PaymentId,
            row.Destination,
            row.Failed,
            row.At
        );
    }
}
