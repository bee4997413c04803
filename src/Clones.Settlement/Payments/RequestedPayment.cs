using System.Globalization;
using Clones.Contracts.Payments;
using Clones.Domain;
using Clones.Domain.Payments;
using Clones.Messaging.Bus;
using Clones.Solana.Primitives;

namespace Clones.Settlement.Payments;

/// <summary>A <see cref="PaymentRequested"/> whose every field has been checked: nothing past here handles what somebody else wrote raw.</summary>
/// <param name="Amount">Base units of the pool's token, above zero.</param>
internal sealed record RequestedPayment(string Id, Guid TrainingPoolId, PublicKey Recipient, ulong Amount, string Reference)
{
    private const int IdLengthMax = 100;
    private const int ReferenceLengthMax = 200;

    /// <exception cref="UnacceptableMessageException">Says which field and why.</exception>
    public static RequestedPayment Parse(PaymentRequested message)
    {
        var id = Text("requestId", message.RequestId, IdLengthMax);
        var reference = message.Reference is { } words ? Text("reference", words, ReferenceLengthMax) : id;
        if (
            message.AmountBaseUnits is not { Length: >= 1 and <= 20 } digits
            || digits[0] == '0'
            || !ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var amount)
        )
        {
            throw new UnacceptableMessageException(
                $"amountBaseUnits must be a string of base units, \"1\" to \"{ulong.MaxValue}\", without sign, point or leading zero."
            );
        }
        if (!PublicKey.TryParse(message.Recipient, out var recipient))
        {
            throw new UnacceptableMessageException("recipient must be the base58 address of a wallet (32 bytes).");
        }
        return RecipientRule.Reject(recipient, null, null) is { } rejection
            ? throw new UnacceptableMessageException($"recipient cannot be paid. {rejection}")
            : new RequestedPayment(id, message.TrainingPoolId, recipient, amount, reference);
    }

    private static string Text(string field, string? text, int max) =>
        text is null ? throw new UnacceptableMessageException($"{field} is missing.")
        : PlainTextRule.Reject(text, 1, max) is { } rejection ? throw new UnacceptableMessageException($"{field} {rejection}.")
        : text;
}
