using System.Buffers.Text;
using System.Globalization;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;

namespace Clones.Settlement.Rules;

/// <summary>
/// The memo in every message: <c>&lt;transaction id&gt;:&lt;n&gt;</c>, and where several payments share it <c>:&lt;tags&gt;</c>, 22 characters
/// (base64url) for each transfer in their order. Without it two equal transfers under one blockhash are byte-identical and share one signature,
/// so that one of two payments would silently vanish; with it the chain itself is the ledger, payment by payment.
/// </summary>
/// <param name="PaymentTags">See <see cref="Payment.Tag"/>; empty for a single payment.</param>
internal sealed record TransactionMemo(Guid TransactionId, int AttemptNumber, IReadOnlyList<Guid> PaymentTags)
{
    private const int TagBytes = 16;
    private const int TagLength = 22;

    public static string Of(Guid transactionId, int attemptNumber, IReadOnlyList<Guid>? paymentTags = null) =>
        paymentTags is { Count: > 1 }
            ? $"{transactionId:D}:{attemptNumber}:{string.Concat(paymentTags.Select(Text))}"
            : $"{transactionId:D}:{attemptNumber}";

    /// <summary>Reads a memo of ours, exactly as <see cref="Of"/> writes it.</summary>
    /// <returns>Null where it is none.</returns>
    public static TransactionMemo? Parse(string? memo) =>
        memo?.Split(':') is [var id, var number, .. var rest]
        && Guid.TryParseExact(id, "D", out var transactionId)
        && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var attemptNumber)
        && attemptNumber > 0
        && TagsOf(rest) is { } tags
            ? new TransactionMemo(transactionId, attemptNumber, tags)
            : null;

    /// <summary>Whether a memo, as nodes list it ("[38] text; .."), is of any attempt of the transaction: loose, for it vetoes expiry proofs.</summary>
    public static bool Mentions(string? memo, Guid transactionId) =>
        memo is not null && memo.Contains($"{transactionId:D}:", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether one of a line of memos, as nodes list them, names any of the transactions, exactly as <see cref="Of"/> writes it.</summary>
    public static bool NamesAny(string? memo, IReadOnlySet<Guid> transactionIds) =>
        memo is not null
        && memo.Split("; ").Any(part => Parse(part[(part.IndexOf(' ') + 1)..]) is { } read && transactionIds.Contains(read.TransactionId));

    private static string Text(Guid tag) => Base64Url.EncodeToString(tag.ToByteArray(bigEndian: true));

    private static Guid[]? TagsOf(string[] rest)
    {
        if (rest is not [{ Length: > TagLength } text] || text.Length % TagLength != 0)
        {
            return rest.Length == 0 ? [] : null;
        }

        var tags = new Guid[text.Length / TagLength];
        Span<byte> bytes = stackalloc byte[TagBytes];
        for (var i = 0; i < tags.Length; i++)
        {
            // Anybody can write a memo: what cannot be decoded is none of ours.
            var tag = text.AsSpan(i * TagLength, TagLength);
            if (!Base64Url.IsValid(tag, out var length) || length != TagBytes || Base64Url.DecodeFromChars(tag, bytes) != TagBytes)
            {
                return null;
            }
            tags[i] = new Guid(bytes, bigEndian: true);
        }
        return string.Concat(tags.Select(Text)) == text && tags.Distinct().Count() == tags.Length ? tags : null;
    }
}
