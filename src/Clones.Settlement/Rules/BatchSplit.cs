using System.Text.Json;
using Clones.Domain.Payments;
using Clones.Solana.Messages;
using Clones.Solana.Programs;

namespace Clones.Settlement.Rules;

/// <summary>How several payments of which one cannot be executed go on: each in a transaction with fewer others, the culprit alone. Pure.</summary>
internal static class BatchSplit
{
    /// <param name="payments">In the order of their transfers; two or more.</param>
    /// <param name="culprit">Index of the payment whose instruction failed; null where the chain names none.</param>
    /// <returns>Each payment once: the others and the culprit, or two halves.</returns>
    public static IReadOnlyList<IReadOnlyList<Payment>> Of(IReadOnlyList<Payment> payments, int? culprit) =>
        culprit is { } index && index < payments.Count
            ?
            [
                [.. payments.Where((_, i) => i != index)],
                [payments[index]],
            ]
            :
            [
                [.. payments.Take(payments.Count / 2)],
                [.. payments.Skip(payments.Count / 2)],
            ];

    /// <summary>Which transfer, from 0, an error of the chain is about: the one that failed, or whose account could not be made.</summary>
    /// <param name="error">As the chain shows it: <c>{"InstructionError":[3,{"Custom":1}]}</c>.</param>
    /// <param name="message">Whose fee payer authorizes the transfers.</param>
    /// <returns>Null where it names no instruction, or one that belongs to none.</returns>
    public static int? CulpritOf(string error, Message message)
    {
        if (InstructionOf(error) is not { } failed || failed >= message.Instructions.Count)
        {
            return null;
        }
        var program = message.AccountKeys[message.Instructions[failed].ProgramIdIndex];
        return program == SystemProgram.Id || program == AssociatedTokenAccountProgram.Id || TokenProgram.IsTokenProgram(program)
            ? MessageTransfers.CountBefore(message, message.FeePayer, failed)
            : null;
    }

    /// <summary>The same as an index of the payments: a restored database may have them in another order than the message.</summary>
    public static int? CulpritOf(string error, Message message, IReadOnlyList<Payment> payments)
    {
        var place = CulpritOf(error, message);
        if (TransactionMemo.Parse(MessageTransfers.MemoOf(message)) is not { PaymentTags: { Count: > 0 } tags } || !(place < tags.Count))
        {
            return place;
        }
        return payments.Select((p, i) => (p.Tag, Index: (int?)i)).FirstOrDefault(p => p.Tag == tags[place.Value]).Index;
    }

    private static int? InstructionOf(string error)
    {
        if (!error.StartsWith('{'))
        {
            return null;
        }
        try
        {
            using var json = JsonDocument.Parse(error);
            return
                json.RootElement.TryGetProperty("InstructionError", out var parts)
                && parts.ValueKind == JsonValueKind.Array
                && parts.GetArrayLength() > 0
                && parts[0].TryGetInt32(out var index)
                && index >= 0
                ? index
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
