using System.Globalization;

namespace Clones.Settlement.Rules;

/// <summary>
/// The memo in every message: <c>&lt;transaction id&gt;:&lt;n&gt;</c>. Without it two equal transfers under one blockhash are byte-identical and
/// share one signature, so that one of two payments would silently vanish; with it the chain itself is the ledger.
/// </summary>
internal static class TransactionMemo
{
    public static string Of(Guid transactionId, int attemptNumber) => $"{transactionId:D}:{attemptNumber}";

    /// <summary>Reads a memo of ours, exactly as <see cref="Of"/> writes it.</summary>
    public static bool TryParse(string? memo, out Guid transactionId, out int attemptNumber)
    {
        (transactionId, attemptNumber) = (Guid.Empty, 0);
        return memo?.Split(':') is [var id, var number]
            && Guid.TryParseExact(id, "D", out transactionId)
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out attemptNumber)
            && attemptNumber > 0;
    }

    /// <summary>Whether a memo, as nodes list it ("[38] text; .."), is of any attempt of the transaction: loose, for it vetoes expiry proofs.</summary>
    public static bool Mentions(string? memo, Guid transactionId) =>
        memo is not null && memo.Contains($"{transactionId:D}:", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether one of a line of memos, as nodes list them, names any of the transactions, exactly as <see cref="Of"/> writes it.</summary>
    public static bool NamesAny(string? memo, IReadOnlySet<Guid> transactionIds) =>
        memo is not null
        && memo.Split("; ").Any(part => TryParse(part[(part.IndexOf(' ') + 1)..], out var id, out _) && transactionIds.Contains(id));
}
