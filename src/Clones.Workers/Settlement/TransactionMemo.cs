namespace Clones.Workers.Settlement;

/// <summary>
/// The memo in every message: <c>&lt;transaction id&gt;:&lt;n&gt;</c>. Without it two equal transfers under one blockhash are byte-identical and
/// share one signature, so that one of two payments would silently vanish; with it the chain itself is the ledger.
/// </summary>
internal static class TransactionMemo
{
    public static string Of(Guid transactionId, int attemptNumber) => $"{transactionId:D}:{attemptNumber}";

    /// <summary>Whether a memo, as nodes list it ("[38] text; .."), is of any attempt of the transaction.</summary>
    public static bool Mentions(string? memo, Guid transactionId) =>
        memo is not null && memo.Contains($"{transactionId:D}:", StringComparison.OrdinalIgnoreCase);
}
